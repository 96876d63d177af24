/* global setInterval */
// A site's application as its commands see it: node workload-script.cjs <folder> <stop|start|status> [how to misbehave]
const { existsSync, rmSync, writeFileSync, appendFileSync } = require('node:fs');
const { spawn } = require('node:child_process');
const { join } = require('node:path');

const [folder, action, manner] = process.argv.slice(2);
const running = join(folder, 'running');
const stubborn = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)';

const manners = {
  refuses: () => {
    console.log('first line');
    console.error('\u001b[31mno quorum\u001b[0m');
    process.exit(7);
  },
  prints: () => {
    for (let line = 1; line <= 100_000; line += 1) console.log(`line ${line}`);
    process.exitCode = 9; // an exit at once would leave lines unwritten
  },
  hangs: () => {
    const child = spawn(process.execPath, ['-e', stubborn], { stdio: 'inherit' });
    writeFileSync(join(folder, 'hanging'), `${process.pid} ${child.pid}`);
    process.on('SIGTERM', () => appendFileSync(join(folder, 'asked-to-end'), 'x'));
    setInterval(() => {}, 1_000);
  },
  tellsItsEnvironment: () => {
    writeFileSync(join(folder, 'environment'), JSON.stringify(process.env));
    process.exit(0);
  },
  leavesOneRunning: () => {
    const said = JSON.stringify(join(folder, 'said'));
    const talk = `setInterval(() => { console.log("still here"); require("fs").appendFileSync(${said}, "x"); }, 20)`;
    const child = spawn(process.execPath, ['-e', talk], { stdio: 'inherit' });
    writeFileSync(join(folder, 'left-running'), String(child.pid));
    child.unref();
    console.log('started');
    process.exit(0);
  },
  isKilled: () => process.kill(process.pid, 'SIGKILL'),
  isUnsure: () => process.exit(4),
};

if (manner) manners[manner]();
else if (action === 'stop') {
  rmSync(running, { force: true });
  console.log('stopped');
} else if (action === 'start') {
  writeFileSync(running, '');
  console.log('started');
} else process.exit(existsSync(running) ? 0 : 3);
