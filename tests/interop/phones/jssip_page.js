// The page's side of jssip.py: one user agent, what happens to it, and what it hears.
const phone = {
  happened: [], waiting: [], sessions: [], sound: [], kept: [],

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

  // What a session does; `heard` is what came in it so far, at 8 kHz.
  follow(session, originator) {
    const number = phone.sessions.push(session) - 1;
    phone.tell('session', originator, number);
    for (const name of ['progress', 'accepted', 'confirmed', 'hold', 'unhold', 'failed', 'ended'])
      session.on(name, (e) => phone.tell(name, e && (e.cause || e.originator)));
    session.on('newDTMF', (e) => { if (e.originator === 'remote') phone.tell('digit', e.dtmf.tone); });
    const listen = (connection) => connection.addEventListener('track', (e) => phone.listen(number, e.streams[0] || new MediaStream([e.track])));
    session.on('peerconnection', (e) => listen(e.peerconnection));
    if (session.connection) listen(session.connection);
  },

  listen(number, stream) {
    const ears = phone.ears = phone.ears || new AudioContext({sampleRate: 8000});
    // Chromium plays a remote stream into a graph only while an element plays it.
    const element = new Audio(); element.muted = true; element.srcObject = stream; element.play();
    const recorder = ears.createScriptProcessor(1024, 1, 1);
    recorder.onaudioprocess = (e) => (phone.sound[number] ||= []).push(e.inputBuffer.getChannelData(0).slice());
    const source = ears.createMediaStreamSource(stream);
    source.connect(recorder); recorder.connect(ears.destination);
    phone.kept.push(element, recorder, source);
  },

  options: {
    mediaConstraints: {audio: {echoCancellation: false, noiseSuppression: false, autoGainControl: false}, video: false},
    rtcOfferConstraints: {offerToReceiveAudio: true},
  },
  call(target, more = {}) { phone.ua.call(target, {...phone.options, ...more}); },
  answer() { phone.last().answer(phone.options); },
  last() { return phone.sessions[phone.sessions.length - 1]; },
  refuse(status) { phone.last().terminate({status_code: status}); },
  hangUp(number = phone.sessions.length - 1) { phone.sessions[number].terminate(); },
  hold() { phone.last().hold(); },
  resume() { phone.last().unhold(); },
  press(digits) { phone.last().sendDTMF(digits, {transportType: 'RFC2833'}); },
  transfer(target) { phone.last().refer(target); },
  join(number, other) { phone.sessions[number].refer(phone.sessions[other].remote_identity.uri.toString(), {replaces: phone.sessions[other]}); },

  watch(target, event, accept) {
    const watcher = phone.ua.subscribe(target, event, accept, {expires: 600, contentType: accept});
    watcher.on('notify', (last, request, body) => phone.tell('notify', event, body));
    watcher.on('terminated', (code, reason) => phone.tell('unwatched', event, code, reason));
    watcher.subscribe();
    phone.kept.push(watcher);
  },

  // How the way, the handshake and the audio of the last session stand.
  async sees() {
    const connection = phone.last() && phone.last().connection;
    if (!connection) return 'no session';
    const told = /transport|candidate|rtp|media-source|media-playout/;
    const stats = [...(await connection.getStats()).values()].filter((one) => told.test(one.type));
    return [connection.iceConnectionState, connection.connectionState, ...stats.map((one) => JSON.stringify(one)),
      connection.localDescription.sdp, connection.remoteDescription.sdp].join('\n');
  },

  // Everything heard in a session, as a wave file in base64.
  recorded(number = phone.sessions.length - 1) {
    const pieces = phone.sound[number] || [], total = pieces.reduce((sum, one) => sum + one.length, 0);
    const bytes = new DataView(new ArrayBuffer(44 + 2 * total));
    const word = (at, text) => [...text].forEach((c, i) => bytes.setUint8(at + i, c.charCodeAt(0)));
    word(0, 'RIFF'); bytes.setUint32(4, 36 + 2 * total, true); word(8, 'WAVEfmt ');
    bytes.setUint32(16, 16, true); bytes.setUint16(20, 1, true); bytes.setUint16(22, 1, true);
    bytes.setUint32(24, 8000, true); bytes.setUint32(28, 16000, true);
    bytes.setUint16(32, 2, true); bytes.setUint16(34, 16, true);
    word(36, 'data'); bytes.setUint32(40, 2 * total, true);
    let at = 44;
    for (const piece of pieces) for (const sample of piece) {
      bytes.setInt16(at, Math.max(-1, Math.min(1, sample)) * 32767, true); at += 2;
    }
    let text = '';
    for (let i = 0; i < bytes.byteLength; i += 8192) text += String.fromCharCode(...new Uint8Array(bytes.buffer, i, Math.min(8192, bytes.byteLength - i)));
    return btoa(text);
  },
};
