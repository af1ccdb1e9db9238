/**
 * Where whom a slice of the people is kept: an open table of three numbers of 32 bits each, so that millions cost the collector nothing and a person
 * about 17 bytes. Tables are small, one per slice: growing one never makes an event wait.
 *
 * A row: a hash of the key, the place (0: the row is empty), and whatever else is to be known without looking there.
 */
export class SliceTable {
  private rows: Uint32Array = NO_ROWS;
  private capacity = 0;
  size = 0;

  /** @returns the row of the key, -1 when there is none @param isKey does the place hold the key? Asked where hashes are equal */
  find(hash: number, key: string, isKey: (place: number, key: string) => boolean): number {
    const { rows, capacity } = this;
    if (capacity === 0) return -1;
    for (let row = this.homeOf(hash); ; row = row + 1 === capacity ? 0 : row + 1) {
      const place = rows[row * ROW + PLACE]!;
      if (place === 0) return -1;
      if (rows[row * ROW]! === hash && isKey(place, key)) return row;
    }
  }

  /** @returns the row with a place, -1 when there is none */
  rowOf(hash: number, isIt: (place: number) => boolean): number {
    const { rows, capacity } = this;
    if (capacity === 0) return -1;
    for (let row = this.homeOf(hash); ; row = row + 1 === capacity ? 0 : row + 1) {
      const place = rows[row * ROW + PLACE]!;
      if (place === 0) return -1;
      if (rows[row * ROW]! === hash && isIt(place)) return row;
    }
  }

  /** A new row. @param place not 0 */
  add(hash: number, place: number, note: number): void {
    if (this.size + 1 > this.capacity * FULL) this.resize(Math.ceil((this.size + 1) * GROWTH) + 1);
    this.insert(hash, place, note);
    this.size++;
  }

  /** Rows after it may move. */
  remove(row: number): void {
    const { rows, capacity } = this;
    let hole = row;
    for (let next = row; ; ) {
      next = next + 1 === capacity ? 0 : next + 1;
      if (rows[next * ROW + PLACE]! === 0) break;
      const home = this.homeOf(rows[next * ROW]!);
      // A row moves up unless its home lies behind the hole, going round.
      if (hole <= next ? hole < home && home <= next : hole < home || home <= next) continue;
      rows.copyWithin(hole * ROW, next * ROW, next * ROW + ROW);
      hole = next;
    }
    rows.fill(0, hole * ROW, hole * ROW + ROW);
    this.size--;
    if (this.size < this.capacity * SPARSE) this.resize(Math.ceil(this.size * GROWTH));
  }

  placeAt(row: number): number {
    return this.rows[row * ROW + PLACE]!;
  }

  noteAt(row: number): number {
    return this.rows[row * ROW + NOTE]!;
  }

  set(row: number, place: number, note: number): void {
    this.rows[row * ROW + PLACE] = place;
    this.rows[row * ROW + NOTE] = note;
  }

  /** Of all rows, in no order. The table must not change meanwhile. */
  visit(look: (place: number, note: number) => void): void {
    const { rows } = this;
    for (let at = 0; at < rows.length; at += ROW) if (rows[at + PLACE]! !== 0) look(rows[at + PLACE]!, rows[at + NOTE]!);
  }

  get bytes(): number {
    return this.rows.byteLength;
  }

  private insert(hash: number, place: number, note: number): void {
    const { rows, capacity } = this;
    let row = this.homeOf(hash);
    while (rows[row * ROW + PLACE]! !== 0) row = row + 1 === capacity ? 0 : row + 1;
    rows[row * ROW] = hash;
    rows[row * ROW + PLACE] = place;
    rows[row * ROW + NOTE] = note;
  }

  private resize(capacity: number): void {
    const { rows } = this;
    this.rows = capacity === 0 ? NO_ROWS : new Uint32Array(capacity * ROW);
    this.capacity = capacity;
    for (let at = 0; at < rows.length; at += ROW) {
      if (rows[at + PLACE]! !== 0) this.insert(rows[at]!, rows[at + PLACE]!, rows[at + NOTE]!);
    }
  }

  /** Hashes of one slice have their lowest bits in common: multiplied, so that they do not gather. */
  private homeOf(hash: number): number {
    return Math.floor(((Math.imul(hash, 0x9e3779b1) >>> 0) * this.capacity) / 0x1_0000_0000);
  }
}

const ROW = 3;
const PLACE = 1;
const NOTE = 2;
const NO_ROWS = new Uint32Array(0);
/** Grown when it is four fifths full, to be five eighths full: on average 17 bytes a row. */
const FULL = 0.8;
const GROWTH = 1.6;
const SPARSE = 0.3;
