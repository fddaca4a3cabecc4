// Rows by keyboard: j and k move from row to row, Enter opens, ? shows the formula.
"use strict";

const table = document.querySelector("table[data-rows]");
const doors = table ? [...table.querySelectorAll("[data-enter]")] : [];
document.querySelectorAll("[data-keys]").forEach((hint) => { hint.hidden = doors.length === 0; });

const move = (step) => {
  const now = doors.indexOf(document.activeElement);
  const next = now < 0 ? 0 : Math.min(Math.max(now + step, 0), doors.length - 1);
  doors[next].focus();
  doors[next].closest("tr").scrollIntoView({ block: "nearest" });
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea, [contenteditable]");
  if (!table || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j" && doors.length) move(1);
  else if (event.key === "k" && doors.length) move(-1);
  else if (event.key === "?") window.location.assign(table.dataset.formula);
  else return;
  event.preventDefault();
});
