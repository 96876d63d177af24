// An application that may run in one site at a time: node one-owner-app.cjs <journal> <site> <stop|start>
const { appendFileSync } = require('node:fs');

const [journal, site, action] = process.argv.slice(2);
// One short line is appended as a whole: the order of the lines is the order of what happened.
const write = (what) => appendFileSync(journal, `${site} ${what}\n`);

if (action === 'start') write('runs');
else if (process.env.SLOW_STOP) setTimeout(() => write('stopped'), Number(process.env.SLOW_STOP));
else write('stopped');
