import { shown, typeFault } from '../assert.ts';
import { CertificateFormatError, demand } from './fault.ts';
import { canonical, rejectHiddenFaults } from './json.ts';
import { maxBrackets, maxCharacters, maxRankCharacters } from './limits.ts';
import { statedRank, type StatedRank } from './rank-shape.ts';
import { sha256Hex } from './sha256.ts';
import { statedCertificate, type StatedCertificate } from './shape.ts';

/** What a certificate states, by its kind. */
export type Stated =
  | { readonly kind: 'dimension'; readonly certificate: StatedCertificate }
  | { readonly kind: 'rank'; readonly certificate: StatedRank };

/**
 * The certificate that a JSON text, or an object of its shape, states: parsed, with its format, structure and digest checked.
 *
 * Throws a `CertificateFormatError` for no JSON or another format or version, a `TypeError` for neither a string nor an object, and a `Rejection`.
 */
export function readCertificate(certificate: unknown): Stated {
  const text = textOf(certificate);
  demandBoundedText(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = text.trim() === '' ? 'an empty text' : (error as Error).message.replaceAll(/\s+/g, ' ');
    throw new CertificateFormatError(`certificate: expected JSON, got ${reason.slice(0, 200)}`);
  }
  checkFormat(value);
  demandBoundedKind(value, text.length);
  rejectHiddenFaults(text);
  const stated = statedOf(value);
  const { digest: _, ...body } = value as Record<string, unknown>;
  const digest = sha256Hex(canonical(body));
  const got = stated.certificate.digest;
  demand(got === digest, 'certificate.digest', JSON.stringify(digest), got);
  return stated;
}

function statedOf(value: unknown): Stated {
  const { kind } = value as Record<string, unknown>;
  if (kind === 'rank') return { kind, certificate: statedRank(value) };
  const kinds = '"dimension" or "rank"';
  demand(kind === undefined || kind === 'dimension', 'certificate.kind', kinds, kind);
  return { kind: 'dimension', certificate: statedCertificate(value) };
}

/** Rejects a long text of a certificate that holds no matrix. */
function demandBoundedKind(value: unknown, characters: number): void {
  const { kind } = value as Record<string, unknown>;
  const within = kind === 'rank' || characters <= maxCharacters;
  demand(within, 'certificate', `at most ${maxCharacters} characters`, characters);
}

/** Rejects a text that it would take too much memory to parse: a character makes an array. */
function demandBoundedText(text: string): void {
  const { length } = text;
  demand(length <= maxRankCharacters, 'certificate', `at most ${maxRankCharacters} characters`, length);
  if (length <= maxCharacters) return;
  let brackets = 0;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5b || code === 0x7b) brackets++;
  }
  demand(brackets <= maxBrackets, 'certificate', `at most ${maxBrackets} arrays and objects`, brackets);
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
