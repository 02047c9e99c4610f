'use strict';
// The pieces of @signalapp/mock-server that this wrapper builds upon; found through NODE_PATH, in the cache.
const path = require('path');
const mock = require('@signalapp/mock-server');
const root = path.dirname(require.resolve('@signalapp/mock-server/package.json'));

module.exports = {
  Server: mock.Server,
  StorageState: mock.StorageState,
  Connection: require(path.join(root, 'src/server/ws/connection.js')).Connection,
  ServerGroup: require(path.join(root, 'src/server/group.js')).ServerGroup,
  ClientGroup: require(path.join(root, 'src/api/group.js')).Group,
  PrimaryDevice: require(path.join(root, 'src/api/primary-device.js')).PrimaryDevice,
  util: require(path.join(root, 'src/util.js')),
  crypto: require(path.join(root, 'src/crypto.js')),
  P: require(path.join(root, 'protos/compiled.js')).signalservice,
  protobuf: require('protobufjs'),
  libsignal: require('@signalapp/libsignal-client'),
  zk: require('@signalapp/libsignal-client/zkgroup'),
};
