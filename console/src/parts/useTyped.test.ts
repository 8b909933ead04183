// @vitest-environment jsdom
import { act, createElement } from "react";
import { createRoot } from "react-dom/client";
import { beforeEach, expect, test, vi } from "vitest";
import { useTyped } from "./useTyped";

const onAsk = vi.fn<(wanted: string) => void>();

/** What the hook returned last, of a field whose address asks for `value`. */
async function field(value: string) {
  let hook: ReturnType<typeof useTyped> | undefined;
  const Field = ({ of }: { of: string }) => {
    hook = useTyped(of, onAsk);
    return null;
  };
  const root = createRoot(document.createElement("div"));
  const asks = (of: string) => act(async () => root.render(createElement(Field, { of })));
  await asks(value);
  return {
    asks,
    typed: () => hook?.typed,
    type: (text: string) => act(async () => hook?.type(text)),
    ask: (text: string) => act(async () => hook?.ask(text)),
  };
}

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  onAsk.mockReset();
});

test("what is typed stays until it is asked for", async () => {
  const name = await field("");
  await name.type("kari ");
  expect([name.typed(), onAsk.mock.calls]).toEqual(["kari ", []]);
});

test("what was asked for here arrives while the hand types on", async () => {
  const name = await field("");
  await name.type("kari");
  await name.ask("kari");
  await name.type("kari n");
  await name.asks("kari");
  expect(name.typed()).toBe("kari n");
  expect(onAsk).toHaveBeenCalledExactlyOnceWith("kari");
});

test("a link to the page without filters empties the field", async () => {
  const name = await field("kari");
  await name.type("kari n");
  await name.asks("");
  expect(name.typed()).toBe("");
});

test("the same as before, after a link, is followed too", async () => {
  const name = await field("");
  await name.ask("kari");
  await name.asks("kari");
  await name.asks("");
  await name.asks("kari");
  expect(name.typed()).toBe("kari");
});
