'use strict';
// signal-cli, as often as wanted: each with data, a socket and a door of the server of its own.
const { spawn } = require('child_process');
const fs = require('fs');
const net = require('net');
const path = require('path');
const { Gate } = require('./gate');

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Whether it comes true within so many ms. */
const until = async (isSo, patience) => {
  for (const end = Date.now() + patience; Date.now() < end; await wait(15)) if (isSo()) return true;
  return false;
};

/** One connection to a daemon, for linking only: whoever is connected takes the messages that come. */
class Line {
  waiting = new Map();
  last = 0;
  rest = '';

  async open(socket) {
    this.stream = net.connect(socket);
    await new Promise((resolve, reject) => this.stream.once('connect', resolve).once('error', reject));
    this.stream.on('data', (data) => {
      const lines = (this.rest + data).split('\n');
      this.rest = lines.pop();
      for (const line of lines) this.take(JSON.parse(line));
    });
    return this;
  }

  take({ id, result, error }) {
    const call = this.waiting.get(id);
    if (!call) return;
    this.waiting.delete(id);
    if (error) call.reject(new Error(JSON.stringify(error)));
    else call.resolve(result);
  }

  call(method, params = {}) {
    const id = String(++this.last);
    this.stream.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }
}

class Daemon {
  account = null;
  uuid = null;

  constructor(name, folder, tools, inner) {
    this.name = name;
    this.folder = path.join(folder, name);
    this.socket = path.join(this.folder, 'socket');
    this.tools = tools;
    this.gate = new Gate(name, inner);
    this.starts = 0;
  }

  describe() {
    return { name: this.name, socket: this.socket, account: this.account, uuid: this.uuid, folder: path.join(this.folder, 'data'), pid: this.child ? this.child.pid : null, running: !!this.child, starts: this.starts, log: path.join(this.folder, 'log') };
  }

  async make() {
    if (Buffer.byteLength(this.socket) > 100) throw new Error(`the path of the socket is too long for a socket, ${this.socket}: use a folder with a shorter path`);
    fs.mkdirSync(path.join(this.folder, 'data'), { recursive: true, mode: 0o700 });
    this.port = await this.gate.listen();
    return this;
  }

  arguments() {
    const { tools } = this;
    const jars = fs.readdirSync(path.join(tools, 'signal-cli/lib')).sort().map((jar) => path.join(tools, 'signal-cli/lib', jar));
    const archive = path.join(tools, 'signal-cli/archive.aot');
    const training = process.env.TOCSIN_SIGNAL_ARCHIVE;
    return [
      ...(training ? [`-XX:AOTCacheOutput=${training}`] : fs.existsSync(archive) ? [`-XX:AOTCache=${archive}`] : []),
      '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xmx256m', '--enable-native-access=ALL-UNNAMED',
      `-Djava.io.tmpdir=${path.join(this.folder, 'tmp')}`, `-Djava.library.path=${path.join(tools, 'signal-cli/native')}`,
      // The server's address in its configuration is nobody's: all goes through the gate, also what is for this machine.
      '-Dhttps.proxyHost=127.0.0.1', `-Dhttps.proxyPort=${this.port}`, '-Dhttp.nonProxyHosts=',
      '-cp', jars.join(':'), 'org.asamk.signal.Main', '-v', '--config', path.join(this.folder, 'data'),
      'daemon', '--socket', this.socket, '--receive-mode', 'on-connection', '--no-receive-stdout',
    ];
  }

  /**
   * Starts it; returns when its socket is there. Nobody connects for that: whoever connects takes the messages that wait. It asks the
   * server about its account first, and ends if that takes more than 10 s, on a busy machine: then it is started again, as service
   * managers do.
   */
  async start() {
    for (let tries = 1; ; tries++) {
      try {
        return await this.startOnce();
      } catch (error) {
        if (tries === 3 || !error.wasSlow) throw error;
      }
    }
  }

  async startOnce() {
    if (this.child) throw new Error(`${this.name} runs already`);
    fs.rmSync(this.socket, { force: true });
    fs.rmSync(path.join(this.folder, 'tmp'), { recursive: true, force: true });
    fs.mkdirSync(path.join(this.folder, 'tmp'));
    const file = path.join(this.folder, 'log');
    const from = fs.existsSync(file) ? fs.statSync(file).size : 0;
    const log = fs.openSync(file, 'a');
    // Ends with this process, also if that is killed.
    const child = spawn('python3', ['-c', LEASH, String(process.pid), path.join(this.tools, 'java/bin/java'), ...this.arguments()], { stdio: ['ignore', log, log], cwd: this.folder });
    fs.closeSync(log);
    this.child = child;
    this.starts += 1;
    this.ended = new Promise((resolve) => child.once('exit', () => { if (this.child === child) this.child = undefined; resolve(); }));
    for (const end = Date.now() + 120e3; Date.now() < end; await wait(15)) {
      if (!this.child) {
        const said = fs.readFileSync(file, 'utf8').slice(from).trim();
        const error = new Error(`signal-cli ended while starting: ${said.split('\n').slice(-3).join(' | ')}`);
        throw Object.assign(error, { wasSlow: said.includes('Error while checking account') && said.includes('TimeoutException') });
      }
      if (fs.existsSync(this.socket) && fs.readFileSync(file, 'utf8').slice(from).includes('Started JSON-RPC')) return this.describe();
    }
    throw new Error('signal-cli did not open its socket in 120 s');
  }

  /** signal-cli 0.13.19 may stand still on SIGTERM while somebody is connected: then it is killed, as service managers do. */
  async end(signal) {
    const { child } = this;
    if (child) {
      child.kill(signal);
      const patience = setTimeout(() => child.kill('SIGKILL'), process.env.TOCSIN_SIGNAL_ARCHIVE ? 60e3 : 5e3);
      await this.ended;
      clearTimeout(patience);
    }
    return this.describe();
  }

  /** For good. */
  close() {
    this.gate.close();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  /** Links itself as another device of a user. */
  async link(server, user) {
    const line = await new Line().open(this.socket);
    const from = this.logged().length;
    const heard = () => this.logged().slice(from);
    try {
      const { deviceLinkUri } = await line.call('startLink');
      const linked = line.call('finishLink', { deviceLinkUri, deviceName: 'tocsin' });
      await Promise.all([server.link(deviceLinkUri, user), linked]);
      [this.account, this.uuid] = [user.number, user.uuid];
      await until(() => heard().includes('server queue is empty'), 5e3);
    } finally {
      line.stream.destroy();
    }
    // A connection that ends while signal-cli 0.13.19 is busy receiving can leave it deaf for the next one: then it is started again.
    if (!await until(() => heard().includes('Finished receiving messages'), 3e3)) {
      await this.end('SIGKILL');
      await this.start();
    }
    return this.describe();
  }

  logged() {
    return fs.readFileSync(path.join(this.folder, 'log'), 'utf8');
  }
}

const LEASH = `import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 9)
if os.getppid() != int(sys.argv[1]): sys.exit(1)
os.execv(sys.argv[2], sys.argv[2:])`;

module.exports = { Daemon };
