#!/usr/bin/env node
// Plain JavaScript for any Node >= 20: finds Node 24 as "npm start" does, and runs the command line on it.
import { fileURLToPath } from 'node:url';
import { runWithNode24 } from '../../launcher/node24.mjs';

runWithNode24(fileURLToPath(new URL('../src/main.ts', import.meta.url)), process.argv.slice(2));
