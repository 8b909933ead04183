// Shows notes: every part of them is a text node, so that markup in them is seen and never obeyed.

import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import TextContent from "@cloudscape-design/components/text-content";
import { Code } from "../../../parts/Code";
import "./markdown.css";
import { type Block, blocksOf, type Inline, inline } from "./markdown";

export function Markdown({ text }: { text: string }) {
  return (
    <TextContent>
      {blocksOf(text).map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of a text do not change places
        <Shown key={index} block={block} number={index + 1} />
      ))}
    </TextContent>
  );
}

function Shown({ block, number }: { block: Block; number: number }) {
  switch (block.kind) {
    case "heading":
      // The page has the first two levels.
      return block.level === 1 ? null : (
        <h3>
          <Parts of={block.content} />
        </h3>
      );
    case "paragraph":
      return (
        <p>
          <Parts of={block.content} />
        </p>
      );
    case "code":
      return <Code value={block.text} label={`Code, part ${number} of the notes`} />;
    case "list":
      return <Items of={block.items} ordered={block.ordered} />;
    case "table":
      return <Rows head={block.head} rows={block.rows} label={`Table, part ${number} of the notes`} />;
  }
}

function Items({ of, ordered }: { of: Inline[][]; ordered: boolean }) {
  const List = ordered ? "ol" : "ul";
  return (
    <List>
      {of.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the items of a text do not change places
        <li key={index}>
          <Parts of={item} />
        </li>
      ))}
    </List>
  );
}

function Rows({ head, rows, label }: { head: Inline[][]; rows: Inline[][][]; label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="notes-table" tabIndex={0} aria-label={label}>
      <table>
        <thead>
          <tr>
            {head.map((cell, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns do not change places
              <th key={index} scope="col">
                <Parts of={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows do not change places
            <tr key={at}>
              {row.map((cell, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns do not change places
                <td key={index}>
                  <Parts of={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Parts({ of }: { of: Inline[] }) {
  return of.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence do not change places
    <Part key={index} of={part} />
  ));
}

function Part({ of }: { of: Inline }) {
  switch (of.kind) {
    case "code":
      return <Box variant="code">{of.text}</Box>;
    case "strong":
      return (
        <strong>
          <Parts of={inline(of.text)} />
        </strong>
      );
    case "emphasis":
      return (
        <em>
          <Parts of={inline(of.text)} />
        </em>
      );
    case "link":
      return (
        <Link href={of.href ?? ""} external variant="primary">
          {of.text}
        </Link>
      );
    default:
      return <>{of.text}</>;
  }
}
