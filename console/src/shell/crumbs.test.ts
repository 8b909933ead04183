import { expect, test } from "vitest";
import { crumbsOf } from "./crumbs";

test("the way leads over the page to what it is about", () => {
  expect(crumbsOf("/quarantine/acme/customer/a%2Fb")).toEqual([
    { text: "Quarantine", href: "/quarantine" },
    { text: "acme", href: "/quarantine/acme" },
    { text: "customer", href: "/quarantine/acme/customer" },
    { text: "a/b", href: "/quarantine/acme/customer/a%2Fb" },
  ]);
  expect(crumbsOf("/runs")).toEqual([]);
  expect(crumbsOf("/")).toEqual([]);
});

test("an address that nobody can decode is shown as it was typed", () => {
  expect(crumbsOf("/runs/%zz").map((one) => one.text)).toEqual(["Runs", "%zz"]);
});
