import { shown } from '../assert.ts';

/** Why a certificate is rejected: the place, what belongs there, what is there. */
export interface Fault {
  /** `certificate.lowerBound.rows[3]` */
  readonly path: string;
  readonly expected: string;
  readonly got: string;
}

/** Thrown inside the verifier at the first fault; it never leaves it. */
export class Rejection extends Error {
  override readonly name = 'Rejection';
  readonly fault: Fault;

  constructor(path: string, expected: string, got: unknown) {
    super(`${path}: expected ${expected}, got ${shown(got)}`);
    this.fault = { path, expected, got: shown(got) };
  }
}

/** Not a certificate at all: no JSON, or another format or version. */
export class CertificateFormatError extends RangeError {
  override readonly name = 'CertificateFormatError';
}

/** Rejects unless the condition holds. */
export function demand(condition: boolean, path: string, expected: string, got: unknown): asserts condition {
  if (!condition) throw new Rejection(path, expected, got);
}
