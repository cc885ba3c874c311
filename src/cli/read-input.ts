import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { fileReason, InputError } from './errors.ts';
import type { Interruptions } from './interruption.ts';

/** The name of an input in messages. */
export function inputName(source: string): string {
  return source === '-' ? 'stdin' : source;
}

/** An input that is open: a file by its descriptor; a pipe as a stream, whose reads can be given up. */
export type OpenInput = { readonly descriptor: number } | { readonly stream: Readable };

/**
 * Opens a file, or stdin for `-`, and leaves reading to a thread. Throws an `InputError`.
 *
 * Nothing can end a thread of Node's that waits in a blocking read, not even the end of the process: pipes are read as sockets.
 */
export function openInput(source: string, stdin: NodeJS.ReadStream = process.stdin): OpenInput {
  if (source === '-') return { stream: stdin };
  try {
    const descriptor = openSync(source, 'r');
    const stat = fstatSync(descriptor);
    if (stat.isDirectory()) {
      closeSync(descriptor);
      throw new InputError(`${source}: cannot be read: is a directory`);
    }
    const isPipe = stat.isFIFO() || stat.isSocket();
    return isPipe ? { stream: new Socket({ fd: descriptor, writable: false }) } : { descriptor };
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${source}: cannot be read: ${fileReason(error)}`, { cause: error });
  }
}

/** The text of a file, or of stdin for `-`. Throws an `InputError` if it cannot be read, is empty, or is no UTF-8. */
export async function readInput(
  source: string,
  interruptions: Interruptions,
  stdin: NodeJS.ReadStream = process.stdin,
): Promise<string> {
  const name = inputName(source);
  const bytes = await readBytes(source, interruptions, stdin);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`${name}: expected text in UTF-8, got other bytes`);
  }
  if (text.trim() === '') throw new InputError(`${name}: expected a JSON object, got nothing (it is empty)`);
  return text;
}

/** The bytes of a file, or of stdin for `-`. Throws an `InputError` if it cannot be read. */
export async function readBytes(
  source: string,
  interruptions: Interruptions,
  stdin: NodeJS.ReadStream = process.stdin,
): Promise<Uint8Array> {
  return source === '-' ? readStream(stdin, interruptions.listen()) : readFile(source);
}

function readFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new InputError(`${path}: cannot be read: ${fileReason(error)}`, { cause: error });
  }
}

async function readStream(stdin: NodeJS.ReadStream, signal: AbortSignal): Promise<Uint8Array> {
  const stop = (): void => void stdin.destroy(signal.reason as Error);
  signal.addEventListener('abort', stop);
  try {
    const chunks: Uint8Array[] = [];
    for await (const chunk of stdin) chunks.push(chunk as Uint8Array);
    return Buffer.concat(chunks);
  } catch (error) {
    signal.throwIfAborted();
    throw new InputError(`stdin: cannot be read: ${fileReason(error)}`, { cause: error });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
