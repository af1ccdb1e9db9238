/**
 * Bytes outside of the heap, in slabs of one size. Whatever is put goes behind what was put last; what is freed leaves a hole, and slabs with the
 * most holes are emptied when the holes are too many: so memory stays within a known share of what is used, whatever is put and freed.
 *
 * A record's place is its distance from the first slab in units of 4 bytes, plus 1: 31 bits reach 8 GB, and 0 is nowhere. Its first four bytes are
 * its length, with the highest bit when it was freed; the rest belongs to whoever put it.
 */
export class Slabs {
  private readonly slabs: (Slab | undefined)[] = [];
  /** places in `slabs` that are free again */
  private readonly vacant: number[] = [];
  private readonly spare: Slab[] = [];
  private head: Slab | undefined;
  private readonly units: number;
  /** bytes of all records */
  used = 0;
  /** bytes of all slabs, those kept in reserve among them */
  allocated = 0;
  /** bytes that were copied to close holes */
  moved_bytes = 0;

  /**
   * @param slabBytes a multiple of 4, and at least as much as a record may take
   * @param mostWaste share of the slabs that may be holes: the less, the more is copied
   * @param moved told when a record has another place; the bytes are at both for the moment
   */
  constructor(
    private readonly slabBytes: number,
    private readonly mostWaste: number,
    private readonly moved: (from: number, to: number) => void,
  ) {
    this.units = slabBytes / UNIT;
  }

  /** Room for a record, its length written. @param length with the four bytes of its own */
  put(length: number): number {
    if (length > this.slabBytes) throw new RangeError(`a record of ${length} bytes is larger than a slab of ${this.slabBytes}`);
    if (!this.fits(length)) {
      this.next();
      // Before the record has its place, or it would be moved while nobody has written it.
      this.tidy();
      if (!this.fits(length)) this.next();
    }
    return this.append(length);
  }

  free(place: number): void {
    const slab = this.slabOf(place);
    const at = this.offsetOf(place);
    const length = slab.bytes.readUInt32LE(at);
    slab.bytes.writeUInt32LE((length | FREED) >>> 0, at);
    slab.used -= padded(length);
    this.used -= padded(length);
    if (slab.used === 0 && slab !== this.head) this.release(slab);
  }

  /** The slab of a record; where in it the record stands says `offsetOf`. */
  bytesOf(place: number): Buffer {
    return this.slabOf(place).bytes;
  }

  offsetOf(place: number): number {
    return ((place - 1) % this.units) * UNIT;
  }

  lengthOf(place: number): number {
    return this.bytesOf(place).readUInt32LE(this.offsetOf(place));
  }

  private slabOf(place: number): Slab {
    return this.slabs[Math.floor((place - 1) / this.units)]!;
  }

  private fits(length: number): boolean {
    return this.head !== undefined && this.head.end + padded(length) <= this.slabBytes;
  }

  private append(length: number): number {
    const head = this.head!;
    const place = head.number * this.units + head.end / UNIT + 1;
    head.bytes.writeUInt32LE(length, head.end);
    head.end += padded(length);
    head.used += padded(length);
    this.used += padded(length);
    return place;
  }

  private next(): void {
    const before = this.head;
    const number = this.vacant.pop() ?? this.slabs.length;
    if ((number + 1) * this.units > LAST_PLACE) throw new RangeError('more bytes than places reach');
    const slab = this.spare.pop() ?? this.allocate();
    slab.number = number;
    this.slabs[number] = slab;
    this.head = slab;
    if (before?.used === 0) this.release(before);
  }

  private allocate(): Slab {
    this.allocated += this.slabBytes;
    return { bytes: Buffer.allocUnsafeSlow(this.slabBytes), number: 0, end: 0, used: 0 };
  }

  private release(slab: Slab): void {
    this.slabs[slab.number] = undefined;
    this.vacant.push(slab.number);
    slab.end = 0;
    slab.used = 0;
    if (this.spare.length < MOST_SPARE) this.spare.push(slab);
    else this.allocated -= this.slabBytes;
  }

  /**
   * Empties slabs, those with the most holes first, until the holes are few. What is left behind the last record of a slab is none: it would be
   * there again, and with large records there would be no end to it.
   */
  private tidy(): void {
    for (;;) {
      let slabs = 0;
      let holes = 0;
      let worst: Slab | undefined;
      for (const slab of this.slabs) {
        if (slab === undefined || slab === this.head) continue;
        slabs++;
        holes += holesOf(slab);
        if (worst === undefined || holesOf(slab) > holesOf(worst)) worst = slab;
      }
      if (worst === undefined || holes <= this.slabBytes || holes <= this.mostWaste * slabs * this.slabBytes) return;
      this.empty(worst);
    }
  }

  private empty(slab: Slab): void {
    const { bytes, end, number } = slab;
    for (let at = 0; at < end; ) {
      const head = bytes.readUInt32LE(at);
      const length = head & ~FREED;
      if ((head & FREED) === 0) {
        if (!this.fits(length)) this.next();
        const to = this.append(length);
        bytes.copy(this.head!.bytes, this.offsetOf(to), at, at + length);
        this.moved(number * this.units + at / UNIT + 1, to);
        this.moved_bytes += length;
        slab.used -= padded(length);
        this.used -= padded(length);
      }
      at += padded(length);
    }
    this.release(slab);
  }
}

interface Slab {
  bytes: Buffer;
  number: number;
  /** where the next record begins */
  end: number;
  used: number;
}

const UNIT = 4;
const FREED = 0x8000_0000;
const LAST_PLACE = 0x7fff_ffff;
/** Slabs that are kept for the next: more of them would be memory that nobody uses. */
const MOST_SPARE = 2;

/** Bytes of what was freed in it. */
function holesOf({ end, used }: Slab): number {
  return end - used;
}

function padded(length: number): number {
  return (length + UNIT - 1) & -UNIT;
}
