// The page's side of jssip.py: one user agent, what happens to it, and what it hears.
const phone = {
  happened: [], waiting: [], session: null, other: null,

  tell(...what) {
    phone.happened.push(what);
    phone.waiting = phone.waiting.filter((look) => !look());
  },

  wait(wanted, ms) {
    return new Promise((resolve, reject) => {
      const look = () => {
        const at = phone.happened.findIndex((one) => wanted.every((word, i) => one[i] === word));
        if (at < 0) return false;
        resolve(phone.happened.splice(0, at + 1).pop());
        return true;
      };
      if (look()) return;
      phone.waiting.push(look);
      setTimeout(() => reject(new Error(`never ${wanted}; seen ${JSON.stringify(phone.happened)}`)), ms);
    });
  },

  start([url, user, password, domain, more]) {
    const ua = phone.ua = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(url)],
      uri: `sip:${user}@${domain}`, password, user_agent: 'JsSIP', ...more,
    });
    for (const name of ['connected', 'disconnected', 'registered', 'unregistered'])
      ua.on(name, () => phone.tell(name));
    ua.on('registrationFailed', (e) => phone.tell('registrationFailed', e.response && e.response.status_code));
    ua.on('newRTCSession', ({session, originator}) => phone.follow(session, originator));
    ua.start();
  },

  stop() { phone.ua.stop(); },
};
