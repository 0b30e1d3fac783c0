"""The looks of the page."""

CSS = """
:root { --ink: #1f2328; --soft: #5b6470; --line: #d8dde3; --paper: #ffffff; --shade: #f5f7f9; --bad: #fbe2d3;
  --bad-ink: #9a3b00; --warn: #fff4d6; --good: #0b5a8a; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1120px; padding: 28px 24px 64px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", Helvetica, Arial, sans-serif; }
h1 { font-size: 26px; margin: 0 0 2px; font-weight: 600; }
h2 { font-size: 18px; margin: 40px 0 10px; padding-bottom: 5px; border-bottom: 1px solid var(--line);
  font-weight: 600; }
h3 { font-size: 15px; margin: 18px 0 4px; font-weight: 600; }
p { margin: 6px 0 10px; max-width: 82ch; }
.subtitle { color: var(--soft); margin: 0 0 16px; }
.notice { border-left: 4px solid #d9a400; background: var(--warn); padding: 10px 14px; margin: 12px 0; }
.notice.bad { border-color: #d55e00; background: var(--bad); }
.notice.good { border-color: #0072b2; background: #e8f2f9; }
.notice ul { margin: 4px 0 0; padding-left: 20px; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 10px; margin: 16px 0; }
.facts div { background: var(--shade); border: 1px solid var(--line); border-radius: 4px; padding: 8px 12px; }
.facts b { display: block; font-size: 17px; font-weight: 600; overflow-wrap: anywhere; }
.facts span { color: var(--soft); font-size: 12.5px; }
.maps { display: grid; grid-template-columns: repeat(auto-fit, minmax(440px, 1fr)); gap: 14px; }
.wide { display: block; }
figure { margin: 0 0 12px; }
figure img { width: 100%; height: auto; display: block; }
figcaption { color: var(--soft); font-size: 13px; margin-top: 3px; max-width: 90ch; }
table { border-collapse: collapse; font-size: 13.5px; margin: 8px 0 14px; }
th, td { padding: 4px 12px; text-align: right; border-bottom: 1px solid var(--line);
  font-variant-numeric: tabular-nums; white-space: nowrap; }
th { border-bottom: 1.5px solid var(--soft); font-weight: 600; }
th:first-child, td:first-child { text-align: left; }
td.bad { background: var(--bad); color: var(--bad-ink); font-weight: 600; }
td.none { color: var(--soft); }
tr.worst td:first-child { font-weight: 600; }
.tag { font-size: 11px; border: 1px solid currentColor; border-radius: 3px; padding: 0 4px; margin-left: 6px; }
.tables { display: flex; flex-wrap: wrap; gap: 0 36px; align-items: flex-start; overflow-x: auto; }
table.provenance { width: 100%; }
table.provenance td { text-align: left; white-space: normal; overflow-wrap: anywhere; vertical-align: top; }
table.provenance td:first-child { color: var(--soft); width: 190px; }
pre { background: var(--shade); border: 1px solid var(--line); border-radius: 4px; padding: 10px 12px; overflow: auto;
  font: 12.5px/1.45 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; max-height: 460px; }
details { margin: 8px 0; } summary { cursor: pointer; font-weight: 600; }
footer { color: var(--soft); font-size: 12.5px; margin-top: 44px; border-top: 1px solid var(--line); padding-top: 8px; }
@media print { body { max-width: none; } pre { max-height: none; } figure, tr { break-inside: avoid; } }
"""
