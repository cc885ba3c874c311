import { shown, typeFault } from '../assert.ts';
import { CertificateFormatError, demand } from './fault.ts';
import { canonical, rejectHiddenFaults } from './json.ts';
import { maxCharacters } from './limits.ts';
import { sha256Hex } from './sha256.ts';
import { statedCertificate, type StatedCertificate } from './shape.ts';

/**
 * The certificate that a JSON text, or an object of its shape, states: parsed, with its format, structure and digest checked.
 *
 * Throws a `CertificateFormatError` for no JSON or another format or version, a `TypeError` for neither a string nor an object, and a `Rejection`.
 */
export function readCertificate(certificate: unknown): StatedCertificate {
  const text = textOf(certificate);
  demand(text.length <= maxCharacters, 'certificate', `at most ${maxCharacters} characters`, text.length);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = text.trim() === '' ? 'an empty text' : (error as Error).message.replaceAll(/\s+/g, ' ');
    throw new CertificateFormatError(`certificate: expected JSON, got ${reason.slice(0, 200)}`);
  }
  checkFormat(value);
  rejectHiddenFaults(text);
  const stated = statedCertificate(value);
  const { digest: _, ...body } = value as Record<string, unknown>;
  const digest = sha256Hex(canonical(body));
  demand(stated.digest === digest, 'certificate.digest', JSON.stringify(digest), stated.digest);
  return stated;
}

/** A snapshot of an object, as the text that would be written for it; a text as it is. */
function textOf(certificate: unknown): string {
  if (typeof certificate === 'string') return certificate;
  if (typeof certificate !== 'object' || certificate === null)
    throw typeFault('certificate', 'a JSON text or an object', certificate);
  let text: string | undefined;
  try {
    text = JSON.stringify(certificate);
  } catch (error) {
    // A cycle, a bigint, a nesting beyond the stack, or whatever a getter throws.
    const reason = error instanceof Error ? error.message.split('\n', 1)[0]! : shown(error);
    throw new CertificateFormatError(`certificate: expected JSON, got ${reason.slice(0, 200)}`);
  }
  if (text === undefined) throw new CertificateFormatError('certificate: expected JSON, got undefined');
  return text;
}

function checkFormat(value: unknown): void {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject) throw new CertificateFormatError(`certificate: expected an object, got ${shown(value)}`);
  const { format, version } = value as Record<string, unknown>;
  if (format !== 'dimcert-certificate')
    throw new CertificateFormatError(
      `certificate.format: expected "dimcert-certificate", got ${shown(format)}`,
    );
  if (version !== 1)
    throw new CertificateFormatError(`certificate.version: expected 1, got ${shown(version)}`);
}
