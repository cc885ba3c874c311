/** What the stand-alone verifier found of a certificate that it accepts. */
export interface Found {
  readonly title: string;
  readonly proved: readonly string[];
  /** What holds but for an error probability that is named. */
  readonly probable: readonly string[];
  readonly open: readonly string[];
}

/** The fault of a certificate that is rejected. */
export class Rejection extends Error {}
/** No certificate of this format and version, or one without the witness that `quick` needs. */
export class NoCertificate extends Error {}

/** Checks the text of a certificate; throws a `Rejection` or a `NoCertificate`. */
export function verify(text: string, quick?: boolean): Found;
