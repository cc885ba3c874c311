import { CertificateFormatError, verify } from '../../src/verify/index.ts';
import { NoCertificate, Rejection, verify as verifyAlone } from '../../verify/verify.mjs';

/** What a verifier says, as the exit code of its command. */
export interface Verdict {
  readonly code: 0 | 1 | 2;
  /** What it found, or why not. */
  readonly words: string;
}

/** Of the package. */
export async function ofPackage(text: string, quick = false): Promise<Verdict> {
  try {
    const verdict = await verify(text, { quick });
    if (!verdict.accepted) {
      const { path, expected, got } = verdict.fault;
      return { code: 1, words: `${path}: expected ${expected}, got ${String(got)}` };
    }
    return { code: 0, words: verdict.statements.join('; ') };
  } catch (error) {
    const isUsage = error instanceof CertificateFormatError || error instanceof RangeError;
    if (!isUsage) throw error;
    return { code: 2, words: error.message };
  }
}

/** Of verify/verify.mjs. Anything but its own two errors is a crash, and thrown. */
export function ofStandAlone(text: string, quick = false): Verdict {
  try {
    const { title, open } = verifyAlone(text, quick);
    return { code: 0, words: [title, ...open].join('; open: ') };
  } catch (error) {
    if (error instanceof Rejection) return { code: 1, words: error.message };
    if (error instanceof NoCertificate) return { code: 2, words: error.message };
    throw error;
  }
}
