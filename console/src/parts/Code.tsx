// A value of an ERP or of ours, as text. React escapes it: markup in it is shown, never obeyed.

import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import SpaceBetween from "@cloudscape-design/components/space-between";

/** `value` as it is if it is a text, else as JSON. `label` names it for who cannot see it. */
export function Code({ value, label, copy = false }: { value: unknown; label: string; copy?: boolean }) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  const block = (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="code" aria-label={label} tabIndex={0}>
      {text}
    </section>
  );
  if (!copy) {
    return block;
  }
  return (
    <SpaceBetween size="xs">
      {block}
      <CopyToClipboard
        copyButtonText="Copy"
        copyErrorText="It could not be copied"
        copySuccessText="Copied"
        textToCopy={text}
      />
    </SpaceBetween>
  );
}
