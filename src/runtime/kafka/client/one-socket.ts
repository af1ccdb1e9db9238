interface Connection {
  isConnected(): boolean;
}

interface Methods {
  connect(this: Connection): Promise<unknown>;
  disconnect(this: Connection): Promise<unknown>;
}

const opening = new WeakMap<Connection, Promise<unknown>>();
const closing = new WeakMap<Connection, Promise<unknown>>();
const done = new WeakSet<Methods>();

/**
 * kafkajs opens a second socket for a connection that is being opened, and writes to the one while it reads from the other; and what it closes may
 * be the socket that was opened meanwhile. Here there is one at a time: whoever wants it open while it is being opened waits for that, and it is
 * opened when the last one is closed.
 */
export function oneSocketAtATime(): void {
  const { prototype } = require('kafkajs/src/network/connection') as { prototype: Methods };
  if (done.has(prototype)) return;
  done.add(prototype);
  const { connect, disconnect } = prototype;
  prototype.connect = function () {
    const open = opening.get(this);
    if (open !== undefined) return open;
    if (this.isConnected()) return Promise.resolve(true);
    const made = (closing.get(this) ?? Promise.resolve()).then(() => connect.call(this)).finally(() => opening.delete(this));
    opening.set(this, made);
    return made;
  };
  prototype.disconnect = function () {
    const made = disconnect.call(this).finally(() => {
      if (closing.get(this) === made) closing.delete(this);
    });
    closing.set(this, made);
    return made;
  };
}
