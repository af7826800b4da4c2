// Figures as people read them; the same units as stateferry's own tables.
const units = ["KiB", "MiB", "GiB", "TiB", "PiB"];

/** `83.6 KiB`; exact below 1 KiB. */
export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1023.95 && unit + 1 < units.length) {
    value /= 1024;
    ++unit;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}

/** `12 345`: groups of three, with a blank that doesn't break. */
export function grouped(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, "\u00a0");
}

/** `85 606 bytes`. What a double can't hold is said to be near. */
export function exact(bytes) {
  const near = bytes > Number.MAX_SAFE_INTEGER ? "about " : "";
  return `${near}${grouped(BigInt(bytes))} byte${bytes === 1 ? "" : "s"}`;
}

/** `1 file`, `26 files`. */
export function count(number, word) {
  return `${grouped(number)} ${word}${number === 1 ? "" : "s"}`;
}

/** `12.5 %` of a whole. */
export function share(part, whole) {
  if (whole === 0) return "0 %";
  const percent = (100 * part) / whole;
  if (part > 0 && percent < 0.1) return "< 0.1 %";
  return `${percent.toFixed(1)} %`;
}
