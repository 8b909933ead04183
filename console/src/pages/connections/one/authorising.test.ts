// @vitest-environment jsdom
import { beforeEach, expect, test } from "vitest";
import { cameBack, forget, redirectUri, remember } from "./authorising";

beforeEach(() => sessionStorage.clear());

test("the connection is known again by the state that came back", () => {
  remember("https://erp.example/login?client_id=a&state=s1&scope=b", "acme");
  const { name, said } = cameBack("?code=c&state=s1");
  expect(name).toBe("acme");
  expect(said).toEqual({ state: "s1", code: "c", error: null, error_description: null });
});

test("a state that this tab has not sent is of no connection", () => {
  remember("https://erp.example/login?state=s1", "acme");
  expect(cameBack("?code=c&state=s2").name).toBeNull();
  expect(cameBack("?code=c").name).toBeNull();
});

test("what is done with is forgotten", () => {
  remember("https://erp.example/login?state=s1", "acme");
  forget("s1");
  expect(cameBack("?code=c&state=s1").name).toBeNull();
});

test("vendors send the browser back to the console's own origin", () => {
  expect(redirectUri()).toBe(`${window.location.origin}/authorized`);
});

test("the browser is sent to web pages only", () => {
  expect(() => remember("javascript:alert(1)//?state=s1", "acme")).toThrow("no address of a web page");
  expect(cameBack("?code=c&state=s1").name).toBeNull();
});
