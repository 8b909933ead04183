// An error about files: each fault with the file's path, as people know it.

import { asProblem, Problem } from "../../api/problem";
import { Trouble } from "../../parts/Trouble";
import { fileOf } from "./register/package";

export function FileTrouble({ error }: { error: unknown }) {
  const told = asProblem(error);
  const faults = told.faults.map((one) => ({ ...one, pointer: fileOf(one.pointer) ?? one.pointer }));
  return (
    <Trouble error={new Problem(told.status, told.kind, told.title, told.detail, faults, told.reference)} />
  );
}
