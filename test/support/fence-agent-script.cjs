#!/usr/bin/env node
/* global setInterval */
// A fence agent after the FenceAgentAPI that drives a file: key=value lines on standard input. It is started by a starter that names
// how it misbehaves, if it does: node fence-agent-script.cjs [manner]
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require('node:fs');
const { spawn } = require('node:child_process');

const manner = process.argv[2];
const lines = readFileSync(0, 'utf8').split('\n').filter(Boolean);
const given = Object.fromEntries(
  lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
);
const { action, file } = given;
const read = () => (existsSync(file) ? readFileSync(file, 'utf8').trim() : 'on');
const stubborn = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)';

const metadata = `<?xml version="1.0"?>
<resource-agent name="fence_file" shortdesc="drives a file"><longdesc>x</longdesc><parameters>
<parameter name="action" required="1"><content type="string" default="reboot"/></parameter>
<parameter name="file" required="1"><getopt mixed="--file=[file]"/><content type="string"/></parameter>
<parameter name="password" required="1"><getopt mixed="-p, --password=[password]"/><content type="string"/></parameter>
<parameter name="passwd" required="1" deprecated="1"><getopt mixed="-p, --password=[password]"/><content type="string"/></parameter>
</parameters><actions><action name="on"/><action name="off"/><action name="status"/><action name="monitor"/><action name="metadata"/>${manner === 'invalid' ? '<action name="validate-all"/>' : ''}</actions>
</resource-agent>`;

const manners = {
  hangs: () => {
    const child = spawn(process.execPath, ['-e', stubborn], { stdio: 'inherit' });
    writeFileSync(`${file}.hanging`, `${process.pid} ${child.pid}`);
    process.on('SIGTERM', () => {});
    setInterval(() => {}, 1_000);
  },
  garbage: () => {
    process.stdout.write('\u0000\u001b[2J<<<< not \u0007 what was asked >>>>\n'.repeat(200));
    process.exitCode = 2;
  },
  silent: () => process.exit(2),
  invalid: () => {
    if (action !== 'validate-all') return;
    console.error(`Failed: file=${file} has to be absolute, and not ${given.password}`);
    process.exit(1);
  },
  refuses: () => {
    console.error('Unable to connect/login to fencing device');
    process.exit(1);
  },
  contradicts: () => {
    console.log('Status: ON');
    process.exit(2);
  },
  tells: () => {
    console.error(`login with ${given.password} refused`);
    appendFileSync(`${file}.seen`, JSON.stringify({ argv: process.argv.slice(2), given, env: process.env }));
    process.exit(1);
  },
};

function main() {
  if (action === 'metadata') return console.log(metadata);
  if (manner === 'hasNoEffect' && (action === 'on' || action === 'off')) return console.log('Success: Powered OFF');
  if (manner && manner !== 'hasNoEffect') return manners[manner]();
  if (action === 'off' || action === 'on') {
    writeFileSync(file, action);
    return console.log(`Success: Powered ${action.toUpperCase()}`);
  }
  if (action !== 'status') return undefined;
  console.log(`Status: ${read().toUpperCase()}`);
  process.exitCode = read() === 'off' ? 2 : 0;
  return undefined;
}

main();
