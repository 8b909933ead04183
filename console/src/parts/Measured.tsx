// A figure, or a dash with a word for who cannot see what it means.

interface MeasuredProps {
  value: number | null | undefined;
  say?: (value: number) => string;
}

export function Measured({ value, say = (found) => found.toLocaleString("en") }: MeasuredProps) {
  if (value === null || value === undefined) {
    return <span title="not measured here">–</span>;
  }
  return <>{say(value)}</>;
}
