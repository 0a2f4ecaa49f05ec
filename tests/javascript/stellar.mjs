// What a wallet does, with the official JavaScript SDK: one step per run, one JSON object per line.
//
//   node stellar.mjs deposit --horizon http://127.0.0.1:8000 --secret S… --vault G… --amount 5
//
// Exit code 0: done. 1: the step failed, and the last line says why. 2: it was called wrongly.

import { Asset, BASE_FEE, Horizon, Keypair, Memo, Operation, TransactionBuilder } from "@stellar/stellar-sdk";

const TIMEOUT_S = 30;

const STEPS = { keys, network, friendbot, account, trust, pay, deposit, stream, receive };

function print(value) {
  process.stdout.write(JSON.stringify(value) + "\n");
}

class UsageError extends Error {}

/** Reads `--name value` pairs; `need` insists on a name. */
function readOptions(words) {
  const options = new Map();
  for (let index = 0; index < words.length; index += 2) {
    const name = words[index];
    if (!name.startsWith("--") || index + 1 >= words.length) throw new UsageError(`what is ${name}?`);
    options.set(name.slice(2), words[index + 1]);
  }
  return {
    get: (name, otherwise) => options.get(name) ?? otherwise,
    need(name) {
      if (!options.has(name)) throw new UsageError(`--${name} is missing`);
      return options.get(name);
    },
  };
}

function serverOf(options) {
  const url = options.need("horizon");
  return new Horizon.Server(url, { allowHttp: url.startsWith("http:") });
}

function assetOf(options) {
  const text = options.get("asset", "native");
  return text === "native" ? Asset.native() : new Asset(...text.split(":"));
}

async function submit(options, operation, memo) {
  const server = serverOf(options);
  const keypair = Keypair.fromSecret(options.need("secret"));
  const { network_passphrase: networkPassphrase } = await server.root();
  const source = await server.loadAccount(keypair.publicKey());
  const fee = String(Math.max(Number(BASE_FEE), await server.fetchBaseFee()));
  const builder = new TransactionBuilder(source, { fee, networkPassphrase }).addOperation(operation);
  if (memo !== undefined) builder.addMemo(Memo.text(memo));
  const transaction = builder.setTimeout(TIMEOUT_S).build();
  transaction.sign(keypair);
  const { hash, ledger, successful } = await server.submitTransaction(transaction);
  return { hash, ledger, successful };
}

/** Calls `onPayment` with every payment after the cursor until it returns true; "now" is the last payment there is. */
async function follow(options, onPayment) {
  const server = serverOf(options);
  const account = options.need("account");
  let cursor = options.get("cursor", "now");
  if (cursor === "now") {
    // Asked for once, here: a stream that reconnects before its first record would begin with another "now".
    const { records } = await server.payments().forAccount(account).order("desc").limit(1).call();
    cursor = records[0]?.paging_token ?? "0";
  }
  print({ listening: account, cursor });
  const patience = Number(options.get("timeout-s", TIMEOUT_S)) * 1000;
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => finish(() => reject(new Error("no more payments came in time"))), patience);
    let isOver = false;
    const close = server.payments().forAccount(account).cursor(cursor).stream({
      onmessage: (payment) => !isOver && onPayment(payment) && finish(resolve),
    });
    function finish(then) {
      isOver = true;
      clearTimeout(timer);
      close();
      then();
    }
  });
}

function describe(payment) {
  const { paging_token, type, from, funder, to, account, amount, starting_balance, transaction_hash } = payment;
  const asset = payment.asset_type && payment.asset_type !== "native" ? `${payment.asset_code}:${payment.asset_issuer}` : "native";
  return { paging_token, type, from: from ?? funder, to: to ?? account, amount: amount ?? starting_balance, asset, transaction_hash };
}

// The steps.

async function keys() {
  const keypair = Keypair.random();
  return { account: keypair.publicKey(), secret: keypair.secret() };
}

async function network(options) {
  const server = serverOf(options);
  const root = await server.root();
  const stats = await server.feeStats();
  return { passphrase: root.network_passphrase, base_fee: await server.fetchBaseFee(), last_ledger: stats.last_ledger };
}

async function friendbot(options) {
  const { successful, hash } = await serverOf(options).friendbot(options.need("account")).call();
  return { successful, hash };
}

async function account(options) {
  const found = await serverOf(options).loadAccount(options.need("account"));
  const balances = found.balances.map((each) => [each.asset_code ? `${each.asset_code}:${each.asset_issuer}` : "native", each.balance]);
  return { account: found.accountId(), sequence: found.sequenceNumber(), balances: Object.fromEntries(balances) };
}

async function trust(options) {
  return submit(options, Operation.changeTrust({ asset: assetOf(options), limit: options.get("limit") }));
}

async function pay(options) {
  const payment = { destination: options.need("to"), asset: assetOf(options), amount: options.need("amount") };
  return submit(options, Operation.payment(payment), options.get("memo"));
}

/** A payment to a vault needs no memo: the vault knows the payer by the account it came from. */
async function deposit(options) {
  const payment = { destination: options.need("vault"), asset: assetOf(options), amount: options.need("amount") };
  return submit(options, Operation.payment(payment));
}

/** Prints so many payments of an account, as they come. */
async function stream(options) {
  const count = Number(options.get("count", "1"));
  let seen = 0;
  await follow(options, (payment) => {
    print(describe(payment));
    seen += 1;
    return seen === count;
  });
  return { seen };
}

/** Waits for a payment to the account: of an amount, from somebody, if asked for. */
async function receive(options) {
  const [amount, from, asset] = [options.get("amount"), options.get("from"), assetOf(options)];
  let received;
  await follow(options, (payment) => {
    const found = describe(payment);
    const isWanted =
      found.to === options.need("account") &&
      found.asset === (asset.isNative() ? "native" : `${asset.code}:${asset.issuer}`) &&
      (amount === undefined || Number(found.amount) === Number(amount)) &&
      (from === undefined || found.from === from);
    if (isWanted) received = found;
    return isWanted;
  });
  return { received };
}

async function main([step, ...words]) {
  try {
    if (!Object.hasOwn(STEPS, step ?? "")) throw new UsageError(`the first word is one of ${Object.keys(STEPS).join(", ")}`);
    print(await STEPS[step](readOptions(words)));
    return 0;
  } catch (error) {
    const problem = error.response?.data ?? error.response;
    print({ error: error.message, status: problem?.status, result_codes: problem?.extras?.result_codes });
    return error instanceof UsageError ? 2 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
