#!/usr/bin/env node
import { isMainThread } from 'node:worker_threads';
import { run } from './program.ts';
import { serveRequest } from './worker.ts';

if (isMainThread)
  void run(process.argv.slice(2)).then((exitCode) => {
    process.exitCode = exitCode;
  });
else void serveRequest();
