// page_style: how the pages look. The fonts are the system's, the colours are few and have names; what a
// colour says is said by a word, a sign or a dash too.
#include "mutator/coach/page.h"

namespace nanobug::coach {

std::string_view page_style() {
  return R"css(
:root{color-scheme:light dark;
--paper:#ffffff;--ink:#1c2430;--muted:#55606e;--panel:#f2f4f7;--line:#c5ccd6;--link:#0b57a4;
--bug:#b3261e;--clean:#0b57a4;--mine:#1b6e3c;--removed:#fce8e6;--added:#e2f3e7;--fill:#0b57a4;--track:#d9dfe7}
@media screen and (prefers-color-scheme:dark){:root{
--paper:#12161c;--ink:#e4e8ee;--muted:#a3adba;--panel:#1c222b;--line:#3d4756;--link:#7ab4f5;
--bug:#ff8a80;--clean:#7ab4f5;--mine:#7bd69b;--removed:#4a2023;--added:#173824;--fill:#7ab4f5;--track:#313a47}}
@media print{:root{color-scheme:light}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0 auto;padding:1.5rem 1.25rem 3rem;max-width:70rem;background:var(--paper);color:var(--ink);
font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;overflow-wrap:break-word}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 .5rem}
h2{font-size:1.3rem;line-height:1.3;margin:0 0 .75rem}
h3{font-size:1.05rem;line-height:1.35;margin:1.75rem 0 .5rem}
p{margin:0 0 .75rem;max-width:44rem}
ul,ol{margin:0 0 .75rem;padding-left:1.4rem;max-width:44rem}
a{color:var(--link)}
a:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.lead{font-size:1.1rem;color:var(--muted)}
.quiet{color:var(--muted)}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;padding:0;max-width:none;margin:0 0 .5rem}
nav a{display:inline-block;padding:.25rem 0}
section{margin-top:2rem;padding-top:1.5rem;border-top:1px solid var(--line)}
footer{margin-top:2.5rem;padding-top:1rem;border-top:1px solid var(--line);color:var(--muted);font-size:.875rem}
code,pre,.code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875em}
code{background:var(--panel);padding:.1em .3em;border-radius:3px}
pre{background:var(--panel);padding:.75rem 1rem;border-radius:6px;white-space:pre-wrap;margin:0 0 .75rem}
pre code{background:none;padding:0;font-size:1em}
code,.code,.words{overflow-wrap:anywhere}
.words{font-style:italic}
.words::before{content:"\201C"}
.words::after{content:"\201D"}
table{border-collapse:collapse;width:100%;margin:0 0 1rem;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--muted);font-size:.875rem;padding-bottom:.35rem}
th,td{padding:.35rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;font-weight:400}
thead th{color:var(--muted);font-size:.875rem;vertical-align:bottom}
tbody th:first-child,tr.part th,tr.part td{font-weight:600}
th.number,td.number{text-align:right}
td.number,td.whole{white-space:nowrap}
th:first-child,td:first-child{padding-left:0}
.bar{display:inline-block;vertical-align:middle;width:100%;min-width:6rem;height:.7rem;border-radius:.35rem;
background:var(--track);overflow:hidden}
.bar span{display:block;height:100%;background:var(--fill)}
.bars{display:grid;grid-template-columns:9.5rem minmax(6rem,1fr) 5.5rem;gap:.35rem 1rem;
align-items:center;margin:0 0 1rem;max-width:44rem}
.bars dt,.bars dd{margin:0}
.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.25rem 1.25rem;margin:0 0 .75rem}
.facts dt{color:var(--muted)}
.facts dd{margin:0}
.total{font-size:2.25rem;font-weight:600;line-height:1.1;margin:0 0 .75rem}
.total small{font-size:1rem;font-weight:400;color:var(--muted)}
figure{margin:0 0 1.25rem}
figcaption{font-size:.875rem;margin-bottom:.35rem}
.plot{display:grid;grid-template-columns:minmax(0,3fr) minmax(15rem,2fr);gap:1rem 2rem;align-items:start}
.plot svg{display:block;width:100%;height:auto}
.plot svg text{font-size:11.5px;fill:var(--muted);font-family:inherit}
.frame{fill:none;stroke:var(--line)}
.grid{stroke:var(--line);stroke-width:.6}
.curve{fill:none;stroke-width:2.2;stroke-linejoin:round;stroke-linecap:round}
.dot{stroke:none}
.curve.c0{stroke:var(--bug)}.dot.c0{fill:var(--bug)}
.curve.c1{stroke:var(--clean);stroke-dasharray:7 5}.dot.c1{fill:var(--clean)}
.curve.c2{stroke:var(--mine);stroke-dasharray:1.5 5}.dot.c2{fill:var(--mine)}
.gap.c0{fill:var(--bug)}.gap.c1{fill:var(--clean)}.gap.c2{fill:var(--mine)}
.legend{list-style:none;padding:0;margin:.4rem 0 0;display:flex;flex-wrap:wrap;gap:.1rem 1.25rem;font-size:.875rem}
.legend svg{display:inline-block;width:2.5rem;height:.8rem;margin-right:.5rem;vertical-align:middle}
.beside{font-size:.9rem}
.beside th,.beside td{padding:.25rem .4rem}
.beside tbody th:first-child{font-weight:400}
.diff{table-layout:fixed;font-size:.875rem;border:1px solid var(--line);margin-bottom:1.25rem}
.diff caption{color:var(--ink);font-size:.95rem}
.diff td,.diff th{border-bottom:0;padding:0 .5rem}
.diff td{line-height:1.15rem}
.diff thead th{padding:.3rem .5rem;border-bottom:1px solid var(--line)}
.diff .col-at{width:3.2rem}
.diff .col-sign{width:1.3rem}
.diff .at{text-align:right;color:var(--muted);font-size:.75rem;user-select:none}
.diff .code{white-space:pre-wrap;tab-size:2;font-size:.75rem;padding-left:calc(.5rem + 2ch);text-indent:-2ch}
.diff .sign{text-align:center;padding:0;font-weight:600;font-size:.75rem}
.diff .removed{background:var(--removed)}
.diff .added{background:var(--added)}
.diff .removed.at,.diff .added.at{color:var(--ink)}
.diff .skip td{color:var(--muted);background:var(--panel);padding:.15rem .5rem;font-size:.8rem}
.timeline{list-style:none;padding:0;max-width:52rem}
.timeline li{display:grid;grid-template-columns:3.5rem 7rem minmax(0,1fr);gap:.15rem .75rem;padding:.35rem 0;
border-bottom:1px solid var(--line)}
.timeline time{color:var(--muted);font-variant-numeric:tabular-nums}
.timeline .kind{font-weight:600}
.question{margin:0 0 1.5rem;padding-left:1rem;border-left:3px solid var(--line)}
.question h3{margin-top:0}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:46rem){
body{padding:1rem 1rem 2rem}
h1{font-size:1.45rem}
.plot{grid-template-columns:minmax(0,1fr)}
.plot svg text{font-size:17px}
.timeline li{grid-template-columns:3.5rem minmax(0,1fr)}
.timeline .what{grid-column:1 / -1}
.bars{grid-template-columns:minmax(0,1fr) max-content}
.bars dt{grid-column:1 / -1;margin-top:.35rem}
.cards,.cards tbody,.cards th,.cards td,.cards caption{display:block;width:100%}
.cards thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.cards tr{display:grid;grid-template-columns:1fr 1fr;column-gap:1rem;padding:.5rem 0;border-bottom:1px solid var(--line)}
.cards th,.cards .name{grid-column:1 / -1}
.cards th,.cards td{border:0;padding:.1rem 0}
.cards td,.cards td.number{display:grid;grid-template-columns:6.5rem minmax(0,1fr);column-gap:.5rem;text-align:left;white-space:normal}
.cards td::before{content:attr(data-title);color:var(--muted)}
.diff,.diff thead,.diff tbody,.diff caption{display:block}
.diff colgroup{display:none}
.diff tr{display:grid;grid-template-columns:2.6rem 1.2rem minmax(0,1fr)}
.diff thead tr{display:block;padding:.3rem .5rem;border-bottom:1px solid var(--line)}
.diff thead th{display:inline-block;width:auto;border:0;padding:0 1rem 0 0}
.diff td{display:block;width:auto !important}
.diff .skip{display:block}
.diff .same .right{display:none}
.diff .none{display:none}
}
@media print{
body{max-width:none;padding:0;font-size:10pt}
nav{display:none}
.plot{grid-template-columns:minmax(0,5fr) minmax(0,4fr);gap:1rem}
section{margin-top:1rem;padding-top:.75rem}
h2,h3,caption{break-after:avoid}
figure,tr,.timeline li,.question{break-inside:avoid}
figure{break-before:avoid}
.bar,.bar span,.diff td,code,pre,.curve{print-color-adjust:exact;-webkit-print-color-adjust:exact}
a{color:inherit;text-decoration:none}
}
)css";
}

}  // namespace nanobug::coach
