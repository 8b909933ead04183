// Notes (Markdown) as blocks of plain texts, for React to show: whatever else stands in them stays text.

export type Inline = { kind: "text" | "code" | "strong" | "emphasis" | "link"; text: string; href?: string };

export type Block =
  | { kind: "heading"; level: number; content: Inline[] }
  | { kind: "paragraph"; content: Inline[] }
  | { kind: "code"; text: string }
  | { kind: "list"; ordered: boolean; items: Inline[][] }
  | { kind: "table"; head: Inline[][]; rows: Inline[][][] };

const HEADING = /^(#{1,6}) +(.*)$/;
const ITEM = /^ *(?:[-*]|(\d+)\.) +(.*)$/;
const RULE = /^\|?[\s:|-]+\|[\s:|-]*$/;
// What is code first: nothing in it is anything else.
const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|(?<![\w*])\*([^*\s][^*]*)\*(?![\w*])|\[([^\]]+)\]\(([^)\s]+)\)/g;

export function blocksOf(text: string): Block[] {
  const lines = text.split(/\r?\n/);
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const [block, next] = blockAt(lines, at);
    if (block !== null) {
      blocks.push(block);
    }
    at = next;
  }
  return blocks;
}

function blockAt(lines: string[], at: number): [Block | null, number] {
  const line = lines[at] ?? "";
  if (line.trim() === "") {
    return [null, at + 1];
  }
  const heading = HEADING.exec(line);
  if (heading) {
    const level = heading[1]?.length ?? 1;
    return [{ kind: "heading", level, content: inline(heading[2] ?? "") }, at + 1];
  }
  if (line.startsWith("```")) {
    return codeAt(lines, at);
  }
  if (line.startsWith("|") && RULE.test(lines[at + 1] ?? "")) {
    return tableAt(lines, at);
  }
  return ITEM.test(line) ? listAt(lines, at) : paragraphAt(lines, at);
}

function codeAt(lines: string[], at: number): [Block, number] {
  const end = lines.findIndex((line, index) => index > at && line.startsWith("```"));
  const until = end < 0 ? lines.length : end;
  return [{ kind: "code", text: lines.slice(at + 1, until).join("\n") }, until + 1];
}

function tableAt(lines: string[], at: number): [Block, number] {
  let next = at + 2;
  const rows: Inline[][][] = [];
  while ((lines[next] ?? "").startsWith("|")) {
    rows.push(cells(lines[next] ?? ""));
    next += 1;
  }
  return [{ kind: "table", head: cells(lines[at] ?? ""), rows }, next];
}

// A bar that is escaped, or in code, belongs to its cell.
const cells = (line: string): Inline[][] =>
  (
    line
      .trim()
      .replace(/^\|/, "")
      .replace(/\|$/, "")
      .match(/(?:`[^`]*`|\\\||[^|])+/g) ?? []
  ).map((cell) => inline(cell.trim().replaceAll("\\|", "|")));

function listAt(lines: string[], at: number): [Block, number] {
  const ordered = ITEM.exec(lines[at] ?? "")?.[1] !== undefined;
  const items: string[] = [];
  let next = at;
  while (next < lines.length && (lines[next] ?? "").trim() !== "") {
    const item = ITEM.exec(lines[next] ?? "");
    if (item) {
      items.push(item[2] ?? "");
    } else {
      items.push(`${items.pop() ?? ""} ${(lines[next] ?? "").trim()}`);
    }
    next += 1;
  }
  return [{ kind: "list", ordered, items: items.map(inline) }, next];
}

function paragraphAt(lines: string[], at: number): [Block, number] {
  let next = at + 1;
  while (next < lines.length && isMore(lines[next] ?? "")) {
    next += 1;
  }
  const text = lines.slice(at, next).map((line) => line.trim());
  return [{ kind: "paragraph", content: inline(text.join(" ")) }, next];
}

const isMore = (line: string) =>
  line.trim() !== "" &&
  !HEADING.test(line) &&
  !line.startsWith("```") &&
  !line.startsWith("|") &&
  !ITEM.test(line);

/** What stands in strong or emphasised text is asked for again. A link is one only if it leads to https: all else of it is shown as text. */
export function inline(text: string): Inline[] {
  const found: Inline[] = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > end) {
      found.push({ kind: "text", text: text.slice(end, match.index) });
    }
    found.push(special(match));
    end = match.index + match[0].length;
  }
  return end < text.length ? [...found, { kind: "text", text: text.slice(end) }] : found;
}

function special(match: RegExpMatchArray): Inline {
  const [whole, code, strong, emphasis, label, href] = match;
  if (code !== undefined) {
    return { kind: "code", text: code };
  }
  if (strong !== undefined) {
    return { kind: "strong", text: strong };
  }
  if (emphasis !== undefined) {
    return { kind: "emphasis", text: emphasis };
  }
  return href?.startsWith("https://")
    ? { kind: "link", text: label ?? href, href }
    : { kind: "text", text: label ?? whole };
}
