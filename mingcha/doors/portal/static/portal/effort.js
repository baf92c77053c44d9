// A small piece of work for this device, so that nobody sends reports by the thousand: find n such that
// SHA-256(challenge + ":" + n) begins with so many zero bits. Runs as a worker, or in the page where there are none.
(function (scope) {
  "use strict";
  var K = [], FIRST = [];

  // FIPS 180-4: the first 32 bits of the fractional parts of the roots of the first primes.
  (function () {
    for (var n = 2; K.length < 64; n += 1) {
      var prime = true;
      for (var d = 2; d * d <= n; d += 1) if (n % d === 0) prime = false;
      if (!prime) continue;
      var square = Math.sqrt(n), cube = Math.cbrt ? Math.cbrt(n) : Math.pow(n, 1 / 3);
      if (FIRST.length < 8) FIRST.push(((square - Math.floor(square)) * 4294967296) | 0);
      K.push(((cube - Math.floor(cube)) * 4294967296) | 0);
    }
  })();

  var W = new Int32Array(64);

  function block(state, bytes, offset) {
    var i, a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
    for (i = 0; i < 16; i += 1, offset += 4) {
      W[i] = (bytes[offset] << 24) | (bytes[offset + 1] << 16) | (bytes[offset + 2] << 8) | bytes[offset + 3];
    }
    for (; i < 64; i += 1) {
      var x = W[i - 15], y = W[i - 2];
      W[i] = (((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)) + W[i - 7] +
        (((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)) + W[i - 16];
    }
    for (i = 0; i < 64; i += 1) {
      var s = (h + (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))) + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      var t = ((((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + s) | 0; d = c; c = b; b = a; a = (s + t) | 0;
    }
    state[0] += a; state[1] += b; state[2] += c; state[3] += d; state[4] += e; state[5] += f; state[6] += g; state[7] += h;
  }

  // Returns a function that says whether n is the answer. What does not change is worked through once.
  function tester(challenge, bits) {
    var given = challenge + ":", whole = given.length - (given.length % 64), i;
    var tail = new Uint8Array(128), middle = new Int32Array(FIRST), state = new Int32Array(8), head = new Uint8Array(64);
    for (i = 0; i < whole; i += 64) {
      for (var j = 0; j < 64; j += 1) head[j] = given.charCodeAt(i + j);
      block(middle, head, 0);
    }
    var rest = given.length - whole;
    for (i = 0; i < rest; i += 1) tail[i] = given.charCodeAt(whole + i);
    return function (n) {
      var digits = String(n), length = rest + digits.length, ends = length < 56 ? 64 : 128, at;
      for (at = 0; at < digits.length; at += 1) tail[rest + at] = digits.charCodeAt(at);
      tail[length] = 128;
      for (at = length + 1; at < ends - 4; at += 1) tail[at] = 0;
      var size = (whole + length) * 8;
      tail[ends - 4] = size >>> 24; tail[ends - 3] = size >>> 16; tail[ends - 2] = size >>> 8; tail[ends - 1] = size;
      state.set(middle);
      for (at = 0; at < ends; at += 64) block(state, tail, at);
      return state[0] >>> (32 - bits) === 0;
    };
  }

  // Tries from `from` on, `many` at a time; tells each time how far it is, and at last the answer. Bits: 1 to 31.
  function work(challenge, bits, from, many, tell) {
    var is = tester(challenge, bits), stopped = false;
    (function some(n) {
      if (stopped) return;
      for (var end = n + many; n < end; n += 1) if (is(n)) return tell(n, true);
      tell(n, false);
      setTimeout(function () { some(n); }, 0);
    })(from);
    return function () { stopped = true; };
  }

  if (typeof scope.document === "undefined") {
    scope.onmessage = function (message) {
      var asked = message.data;
      work(asked.challenge, asked.bits, asked.from, 20000, function (n, found) { scope.postMessage({ n: n, found: found }); });
    };
  } else {
    scope.mingchaEffort = { work: work, tester: tester };
  }
})(self);
