// An error of the API (RFC 9457), as an Error that every query and mutation throws.

/** What is wrong with one part of a request: `pointer` is a JSON pointer into its body. */
export interface Fault {
  pointer: string;
  code: string;
  detail: string;
}

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly kind: string,
    readonly title: string,
    readonly detail: string,
    readonly faults: Fault[] = [],
    readonly reference: string | null = null,
  ) {
    super(detail || title);
  }

  /** What is wrong at a place of the request, as {@link at} says it. */
  at(pointer: string): string | undefined {
    return at(this.faults, pointer);
  }

  elsewhere(pointers: readonly string[]): Fault[] {
    return elsewhere(this.faults, pointers);
  }
}

/** What is wrong at a place or below it ("/policy" has "/policy/D21"); undefined for nothing. */
export function at(faults: readonly Fault[], pointer: string): string | undefined {
  const found = faults.filter((one) => one.pointer === pointer || one.pointer.startsWith(`${pointer}/`));
  return found.length > 0 ? found.map((one) => one.detail).join("; ") : undefined;
}

/** The faults at none of these places, which a form has no field for. */
export const elsewhere = (faults: readonly Fault[], pointers: readonly string[]): Fault[] =>
  faults.filter((one) => !pointers.some((pointer) => at([one], pointer)));

/** Returns the problem that an answer tells, whatever it is made of. */
export async function problemOf(answer: Response): Promise<Problem> {
  const text = await answer.text();
  const found = parsed(text);
  const kind = textOf(found.type).replace("urn:sluice:problem:", "") || "unknown";
  // What API Gateway refuses itself has no problem's form: {"message": "Unauthorized"}.
  const title = textOf(found.title) || `The API answered ${answer.status}`;
  const detail = textOf(found.detail) || textOf(found.message) || (found.type ? "" : text.slice(0, 200));
  const faults = Array.isArray(found.errors) ? (found.errors as Fault[]) : [];
  return new Problem(answer.status, kind, title, detail, faults, textOf(found.reference) || null);
}

/** Returns any thrown thing as a problem, so that it can be shown as one. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) {
    return error;
  }
  return new Problem(
    0,
    "unknown",
    "Something went wrong",
    error instanceof Error ? error.message : String(error),
  );
}

function parsed(text: string): Record<string, unknown> {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
