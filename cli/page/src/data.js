// What the page holds, as columns. report_page.cpp writes it.
export const RELATIVE = 1;
export const AT_LEAST = 2;
export const SEGMENTS = 4;

export class Data {
  constructor(raw) {
    this.version = raw.version;
    this.snapshots = raw.snapshots;
    this.operators = raw.operators;
    this.roles = raw.roles;
    this.directories = raw.directories;
    this.sets = raw.sets;
    const { files } = raw;
    this.count = files.name.length;
    this.name = files.name;
    this.directory = Uint32Array.from(files.directory);
    this.bytes = Float64Array.from(files.bytes);
    this.operator = Int32Array.from(files.operator);
    this.role = Int8Array.from(files.role);
    this.handles = Uint32Array.from(files.handles);
    this.set = Uint32Array.from(files.set);
    this.flags = Uint8Array.from(files.flags);
    /** By snapshot: which sets it is in. */
    this.inSet = this.snapshots.map(() => new Uint8Array(this.sets.length));
    this.sets.forEach((members, set) => members.forEach((snapshot) => (this.inSet[snapshot][set] = 1)));
    /** Sizes that snapshots tell differently: by snapshot a map from file to bytes. */
    this.other = this.snapshots.map(() => new Map());
    this.grown = new Set();
    for (const [file, snapshot, bytes] of raw["other-sizes"]) {
      this.other[snapshot].set(file, bytes);
      this.grown.add(file);
    }
  }

  has(snapshot, file) {
    return this.inSet[snapshot][this.set[file]] === 1;
  }

  /** Bytes of a file as that snapshot says. */
  bytesIn(snapshot, file) {
    return this.other[snapshot].get(file) ?? this.bytes[file];
  }

  /** The files of a snapshot, by number. */
  filesOf(snapshot) {
    const files = new Uint32Array(this.snapshots[snapshot].files);
    let at = 0;
    for (let file = 0; file < this.count; ++file) if (this.has(snapshot, file)) files[at++] = file;
    return files;
  }

  /** Name, uid or hash of an operator, by its number; -1 is none. */
  operatorText(number) {
    if (number < 0) return "no operator";
    const { name, uid, hash } = this.operators[number];
    return name || uid || hash;
  }

  roleText(number) {
    return number < 0 ? "none" : this.roles[number];
  }

  uri(file) {
    return this.directories[this.directory[file]] + this.name[file];
  }

  /** Calls f(a, b, bytes) for what pairs of snapshots share, in portions; `pairs(members, f)` says which of a set. */
  #share(pairs, f) {
    const bySet = new Float64Array(this.sets.length);
    for (let file = 0; file < this.count; ++file) {
      if (!this.grown.has(file)) bySet[this.set[file]] += this.bytes[file];
    }
    this.sets.forEach((members, set) => pairs(members, (a, b) => f(a, b, bySet[set])));
    for (const file of this.grown) {
      pairs(this.sets[this.set[file]], (a, b) => f(a, b, Math.min(this.bytesIn(a, file), this.bytesIn(b, file))));
    }
  }

  /** Of each snapshot the bytes that the one before needed, too. */
  kept() {
    const kept = new Float64Array(this.snapshots.length);
    const neighbours = (members, f) => members.forEach((at, i) => i > 0 && members[i - 1] === at - 1 && f(at - 1, at));
    this.#share(neighbours, (_, at, bytes) => (kept[at] += bytes));
    return kept;
  }

  /** Bytes that two snapshots share, by row and column, of those from `first` on; on the diagonal all that each has. */
  shared(first) {
    const n = this.snapshots.length - first;
    const matrix = Array.from({ length: n }, () => new Float64Array(n));
    const all = (members, f) => {
      const late = members.filter((at) => at >= first);
      for (const a of late) for (const b of late) f(a, b);
    };
    this.#share(all, (a, b, bytes) => (matrix[a - first][b - first] += bytes));
    return matrix;
  }
}

/** How a snapshot is called among the others. */
export function label(snapshot) {
  const { inspect } = snapshot;
  return `${inspect.snapshot === "savepoint" ? "savepoint" : "chk"}-${inspect["checkpoint-id"]}`;
}
