import assert from "node:assert/strict";
import { test } from "node:test";
import { makeZip } from "client-zip";

import { kindOf } from "../../static/js/bid/kind.js";

const zip = async (...names) =>
  new Response(makeZip(names.map((name) => ({ name, input: "x" })))).blob();

const cases = [
  ["a PDF", new Blob(["%PDF-1.7\n", "x".repeat(5000), "\n%%EOF\n"]), "pdf"],
  ["a PDF that was cut off", new Blob(["%PDF-1.7\n", "x".repeat(5000)]), null],
  ["a JPEG picture", new Blob([Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)]), "jpeg"],
  ["a PNG picture", new Blob([Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10)]), "png"],
  ["text with the ending of a PDF", new Blob(["Surat penawaran"]), null],
  ["nothing at all", new Blob([]), null],
  ["a ZIP that was cut off", new Blob(["PK\x03\x04", "x".repeat(100)]), null],
];
for (const [what, file, kind] of cases) {
  test(`${what} is ${kind ?? "not accepted"}`, async () => assert.equal(await kindOf(file), kind));
}

test("archives are told apart by what is in them", async () => {
  assert.equal(await kindOf(await zip("a.pdf", "b.pdf")), "zip");
  assert.equal(await kindOf(await zip("[Content_Types].xml", "word/document.xml")), "docx");
  assert.equal(await kindOf(await zip("[Content_Types].xml", "xl/workbook.xml")), "xlsx");
  assert.equal(await kindOf(await zip("[Content_Types].xml", "ppt/presentation.xml")), null);
});

test("a document with macros is not accepted", async () => {
  const file = await zip("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin");

  assert.equal(await kindOf(file), null);
});
