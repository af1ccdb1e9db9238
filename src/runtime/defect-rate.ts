import { type ErrorCode, SessionvigilError } from '../errors.js';

/** A defect in this share of the records and more means that the program is bad, not the data. */
const MAX_SHARE = 0.01;
/** As many are no share yet. */
const FEW = 10;

/** Counts records that made the program fail, over a window after which what is older counts half. */
export class DefectRate {
  private records = 0;
  private defects = 0;

  /** @param window records: a program that runs for months notices as soon as a new one */
  constructor(
    private readonly code: ErrorCode,
    private readonly window: number,
  ) {}

  passed(records: number): void {
    this.records += records;
    if (this.records < this.window) return;
    this.records /= 2;
    this.defects /= 2;
  }

  /** @throws when there are too many */
  failed(error: unknown): void {
    this.defects++;
    const { records, defects, code } = this;
    if (defects <= FEW || defects <= records * MAX_SHARE) return;
    throw new SessionvigilError(code, `${Math.round(defects)} of ${Math.round(records)} records made the program fail`, [], {
      cause: error,
    });
  }
}
