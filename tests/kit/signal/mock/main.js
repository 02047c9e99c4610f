'use strict';
// A world for one run of tests: Signal's mock server, people, and signal-cli as a linked device of the bot's account.
// usage: NODE_PATH=… node main.js FOLDER TOOLS STARTER [OWNER]
// Ends when it is told to, when FOLDER is gone, when STARTER dies before FOLDER/started is there, or when OWNER dies.
const fs = require('fs');
const path = require('path');
const { World } = require('./server');
const { People } = require('./people');
const { Doings } = require('./doings');
const { Daemon } = require('./daemons');
const { control } = require('./control');

const [folder, tools, starter, owner] = process.argv.slice(2);
const daemons = new Map();
process.on('unhandledRejection', (error) => console.log('unhandled', error && error.stack));
process.on('uncaughtException', (error) => console.log('uncaught', error && error.stack));

const end = async (signal, code) => {
  await Promise.race([Promise.all([...daemons.values()].map((each) => each.end(signal))), new Promise((resolve) => setTimeout(resolve, 70e3))]);
  for (const each of daemons.values()) if (each.child) each.child.kill('SIGKILL');
  process.exit(code);
};
process.on('SIGTERM', () => end(process.env.TOCSIN_SIGNAL_ARCHIVE ? 'SIGTERM' : 'SIGKILL', 0));
process.on('SIGINT', () => end('SIGKILL', 0));

const lives = (pid) => {
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};
const inode = fs.statSync(folder).ino;
setInterval(() => {
  const there = fs.existsSync(folder) && fs.statSync(folder).ino === inode;
  const wanted = fs.existsSync(path.join(folder, 'started')) ? !owner || lives(owner) : lives(starter);
  if (!there || !wanted) void end('SIGKILL', 0);
}, 500);

const write = (name, text) => {
  fs.writeFileSync(path.join(folder, `.${name}`), `${text}\n`);
  fs.renameSync(path.join(folder, `.${name}`), path.join(folder, name));
};

(async () => {
  const server = new World(path.join(folder, 'cdn'));
  const inner = await server.listen();
  const bot = new Daemon('bot', folder, tools, inner);
  daemons.set('bot', bot);
  await bot.make();
  const started = bot.start();
  started.catch(() => {});
  const people = new People(server);
  const user = await people.create({ name: 'bot' });
  const address = await control({ server, people, doings: new Doings(server, people), daemons, folder, tools, inner });
  await started;
  await bot.link(server, user);
  write('users.json', JSON.stringify({ bot: { uuid: user.uuid, number: user.number } }));
  write('account', user.number);
  write('control', address);
  write('url', bot.socket);
})().catch((error) => {
  console.log(error.stack);
  write('failed', error.message);
  void end('SIGKILL', 1);
});
