'use strict';
// One door of the server for each daemon, a proxy that leads nowhere else: by it the server knows whose request it is, also of those
// that do not say who they are, and at it the daemon's network can be cut.
const net = require('net');

class Gate {
  open = true;
  sockets = new Set();

  constructor(name, inner) {
    this.name = name;
    this.server = net.createServer((outside) => this.pass(outside, inner));
  }

  async listen() {
    await new Promise((resolve, reject) => this.server.once('error', reject).listen(0, '127.0.0.1', resolve));
    return this.server.address().port;
  }

  pass(outside, inner) {
    outside.on('error', () => outside.destroy());
    if (!this.open) return outside.destroy();
    const inside = net.connect(inner, '127.0.0.1');
    this.sockets.add(outside);
    inside.once('connect', () => Gate.names.set(inside.localPort, this.name));
    inside.on('error', () => outside.destroy());
    inside.once('close', () => outside.destroy());
    outside.once('close', () => { this.sockets.delete(outside); Gate.names.delete(inside.localPort); inside.destroy(); });
    let asked = '';
    const ask = (data) => {
      asked += data.toString('latin1');
      const end = asked.indexOf('\r\n\r\n');
      if (end < 0) return;
      outside.off('data', ask);
      outside.write('HTTP/1.1 200 Connection established\r\n\r\n');
      inside.write(Buffer.from(asked.slice(end + 4), 'latin1'));
      outside.pipe(inside).pipe(outside);
    };
    outside.on('data', ask);
  }

  /** Drops every connection; returns how many there were. */
  drop() {
    const count = this.sockets.size;
    for (const socket of this.sockets) socket.destroy();
    return count;
  }

  close() {
    this.server.close();
    this.drop();
  }
}

/** Names of daemons by the port that their connections have inside. */
Gate.names = new Map();

module.exports = { Gate };
