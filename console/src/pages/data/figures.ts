// Amounts and shares as people read them. An amount is a decimal text and stays one: it is never made a float.

/** "1234567.50" is "1,234,567.50"; what is no decimal stays as it is. */
export function grouped(decimal: string): string {
  const found = /^(-?)(\d+)(\.\d+)?$/.exec(decimal);
  if (found === null) {
    return decimal;
  }
  const [, sign = "", whole = "", places = ""] = found;
  return sign + whole.replace(/\B(?=(\d{3})+$)/g, ",") + places;
}

/** 0.4567 is "46%"; a share that is not all is never "100%", one that is not nothing never "0%". */
export function percent(share: number): string {
  const rounded = Math.round(share * 100);
  if (rounded === 100 && share < 1) {
    return ">99%";
  }
  return rounded === 0 && share > 0 ? "<1%" : `${rounded}%`;
}

const UNITS = ["bytes", "KB", "MB", "GB"];

/** 46312 is "46 KB". */
export function sized(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size < 10 && unit > 0 ? size.toFixed(1) : Math.round(size)} ${UNITS[unit]}`;
}

/** The digits of a decimal text as far as a drawing can show them. */
export const drawable = (decimal: string): number => Number(decimal);
