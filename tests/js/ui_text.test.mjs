import assert from "node:assert/strict";
import { test } from "node:test";

import { filesize } from "../../static/js/ui/filesize.js";
import { instantText, spanText, t } from "../../static/js/ui/text.js";

test("a message without a translation is its English self, with its values", () => {
  assert.equal(t("Sent {n} of {total}", { n: 2, total: 5 }), "Sent 2 of 5");
});

test("a hole without a value stays visible", () => {
  assert.equal(t("Sent {n} of {total}", { n: 0 }), "Sent 0 of {total}");
});

test("an instant is written as the server writes it, in the office's zone", () => {
  const moment = Date.parse("2010-08-10T07:05:09Z");

  assert.equal(instantText(moment, "Asia/Jakarta"), "10 August 2010 14:05:09");
  assert.equal(instantText(moment, "Asia/Jayapura"), "10 August 2010 16:05:09");
  assert.equal(instantText(Date.parse("2010-08-09T17:00:00Z"), "Asia/Jakarta"), "10 August 2010 00:00:00");
});

test("a span is said in the units that matter", () => {
  const second = 1000;
  const hour = 3600 * second;

  assert.equal(spanText(3 * 24 * hour + 5), "3 days");
  assert.equal(spanText(47 * hour), "47 hours 0 minutes");
  assert.equal(spanText(hour + 61 * second), "1 hour 1 minute");
  assert.equal(spanText(119.9 * second), "1 minute 59 seconds");
  assert.equal(spanText(999), "0 seconds");
});

test("a size has at most one decimal and the unit people know", () => {
  assert.equal(filesize(0), "0 B");
  assert.equal(filesize(1023), "1,023 B");
  assert.equal(filesize(831 * 1024), "831 KB");
  assert.equal(filesize(12.44 * 1024 ** 2), "12.4 MB");
  assert.equal(filesize(5 * 1024 ** 4), "5,120 GB");
});
