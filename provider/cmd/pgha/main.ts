#!/usr/bin/env node
/** The program `pgha`. */
import { run } from './program';

const output = {
  write: (text: string): void => {
    process.stdout.write(text);
  },
  colour: process.stdout.isTTY === true && !process.env['NO_COLOR'],
};

void run(process.argv.slice(2), output, (text) => process.stderr.write(text)).then((code) => {
  process.exitCode = code;
});
