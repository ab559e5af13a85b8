import { describe, expect, it } from "vitest";
import { columnsOf } from "../src/table/columns";
import { csvCell, csvText } from "../src/table/csv";
import { makeTable } from "./fixture";

describe("csvCell", () => {
  it.each([
    "=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", " =1", "\r=1", "\u0000=1", "＝1", "＠x", "|calc", "%x",
  ])("lets no formula through: %j", (text) => {
    expect(csvCell(text).replace(/^"/, "")).toMatch(/^'/);
  });

  it("quotes what would break a line or a cell", () => {
    expect(csvCell('a,"b"\nc')).toBe('"a,""b""\nc"');
    expect(csvCell('=HYPERLINK("https://evil.test","x")')).toBe(
      '"\'=HYPERLINK(""https://evil.test"",""x"")"');
  });

  it("keeps numbers numbers and plain text plain", () => {
    expect(csvCell(-0.5)).toBe("-0.5");
    expect(csvCell("a-b=c@d")).toBe("a-b=c@d");
  });
});

it("writes one line a row with the columns' own keys", () => {
  const table = makeTable([{ id: "=cmd/x", overall: 4, downloads: 1200 }, { id: "b/c" }]);
  const columns = columnsOf(table).filter(({ key }) => ["id", "overall", "downloads"].includes(key));
  expect(csvText(table, columns, [0, 1])).toBe(
    "id,overall,downloads\r\n'=cmd/x,4,1200\r\nb/c,,\r\n");
});
