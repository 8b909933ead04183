// Small amounts of dollars, which the API gives as decimal texts.

/** "$0.0002", "$1.25": two digits that say something, no more; less than a millionth is said so. */
export function dollars(amount: string): string {
  const [whole = "0", rest = ""] = amount.split(".");
  if (Number(whole) !== 0) {
    return `$${whole}.${rest.padEnd(2, "0").slice(0, 2)}`;
  }
  const zeros = rest.length - rest.replace(/^0+/, "").length;
  if (zeros === rest.length) {
    return rest === "" || Number(amount) === 0 ? "$0" : `$${amount}`;
  }
  return `$0.${rest.slice(0, Math.max(zeros + 2, 2))}`;
}
