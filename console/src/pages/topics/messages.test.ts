import { expect, test } from "vitest";
import { headline, movedInWords, pretty, standing } from "./messages";

const message = (body: string, sent_at: string | null = null, deliveries = 1) => ({
  id: "m-1",
  body,
  attributes: {},
  deliveries,
  sent_at,
});

test("a message is named by the events in it", () => {
  expect(headline(message('[{"type":"customer.upserted","subject":"7"}]'))).toBe("customer.upserted 7");
  expect(headline(message('[{"type":"a","subject":"1"},{"type":"a","subject":"2"},{"type":"b"}]'))).toBe(
    "a, b (3)",
  );
  expect(headline(message('{"connection":"acme","stream":"customer"}'))).toBe("acme / customer");
});

test("what is no event is named by its id", () => {
  for (const body of ["not json <b>", "[]", "null", '"text"', '[{"type":5}]', "{"]) {
    expect(headline(message(body))).toBe("m-1");
  }
});

test("a body that was cut is shown as it came", () => {
  expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(pretty('{"a":')).toBe('{"a":');
});

test("how long a message waits is said where it is known, and how often somebody had it", () => {
  const before = new Date(Date.now() - 185_000).toISOString();
  expect(standing(message("{}", before, 2))).toBe("sent 3 minutes ago, delivered twice");
  expect(standing(message("{}", null, 6))).toBe("delivered 6 times");
});

test("what became of the chosen is said, also of those that were not found", () => {
  expect(movedInWords(1, 1, "lake")).toBe("1 dead letter went back to lake.");
  expect(movedInWords(2, 5, "lake")).toBe(
    "2 dead letters went back to lake. 3 of those chosen were not found: they are gone, or in somebody's hands.",
  );
});
