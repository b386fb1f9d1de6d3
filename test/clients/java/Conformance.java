import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.ovirt.vdsm.jsonrpc.client.JsonRpcClient;
import org.ovirt.vdsm.jsonrpc.client.JsonRpcResponse;
import org.ovirt.vdsm.jsonrpc.client.RequestBuilder;
import org.ovirt.vdsm.jsonrpc.client.events.EventSubscriber;
import org.ovirt.vdsm.jsonrpc.client.internal.ClientPolicy;
import org.ovirt.vdsm.jsonrpc.client.internal.ResponseWorker;
import org.ovirt.vdsm.jsonrpc.client.reactors.ManagerProvider;
import org.ovirt.vdsm.jsonrpc.client.reactors.Reactor;
import org.ovirt.vdsm.jsonrpc.client.reactors.ReactorClient;
import org.ovirt.vdsm.jsonrpc.client.reactors.ReactorFactory;
import org.ovirt.vdsm.jsonrpc.client.reactors.ReactorType;
import org.ovirt.vdsm.jsonrpc.client.reactors.stomp.StompClientPolicy;

/**
 * Drives a host with the client library of oVirt's engine, set up as the engine does. Prints "ok" and a name for each
 * step that held and ends with status 1 at the first that did not.
 *
 * Arguments: address, port, folder with key.pem (PKCS 8, EC), cert.pem and ca.pem, TLS protocol, seconds of silence.
 */
public class Conformance {
    private static final int CALL_SECONDS = 20;

    private final String host;
    private final JsonRpcClient client;
    private final JsonRpcClient irsClient;
    private final ResponseWorker worker;

    public static void main(String[] arguments) {
        int status = 0;
        try {
            Conformance run = new Conformance(arguments[0], Integer.parseInt(arguments[1]), Path.of(arguments[2]), arguments[3]);
            run.all(Integer.parseInt(arguments[4]));
        } catch (Throwable failure) {
            failure.printStackTrace();
            status = 1;
        }
        // The library's threads are no daemons.
        System.exit(status);
    }

    Conformance(String host, int port, Path pki, String protocol) throws Exception {
        this.host = host;
        Reactor reactor = ReactorFactory.getReactor(new PemProvider(pki, protocol), ReactorType.STOMP);
        worker = ReactorFactory.getWorker(Runtime.getRuntime().availableProcessors(), 3);
        client = register(reactor, port, "jms.topic.vdsm_requests", "jms.topic.vdsm_responses", "jms.queue.events");
        irsClient = register(reactor, port, "jms.topic.vdsm_irs_requests", "jms.topic.vdsm_irs_responses", null);
    }

    private JsonRpcClient register(Reactor reactor, int port, String requests, String responses, String events) throws Exception {
        // Values of an engine: 180 s per call, no retries, heart-beat of 30 s.
        StompClientPolicy connection = new StompClientPolicy(180000, 0, 30000, IOException.class, requests, responses);
        if (events != null) {
            connection.setEventQueue(events);
        }
        ReactorClient reactorClient = reactor.createClient(host, port);
        reactorClient.setClientPolicy(connection);
        JsonRpcClient registered = worker.register(reactorClient);
        registered.setRetryPolicy(new ClientPolicy(180000, 0, 30000, IOException.class));
        return registered;
    }

    void all(int silenceSeconds) throws Exception {
        step("call without result", () -> check(result(call("Host.ping2", null)).asBoolean(), "true"));
        step("coded error", this::codedError);
        step("60 kB body", () -> echo(client, "ž🐎x".repeat(8600)));
        step("three calls at once, 20 times", this::threeAtOnce);
        step("answers of growing size", this::growingSizes);
        step("event", () -> events(1));
        step("10 events in one tick", () -> events(10));
        step("second connection (storage pool manager)", () -> connecting(() -> echo(irsClient, "irs")));
        if (silenceSeconds > 0) {
            step(silenceSeconds + " s of heart-beats only", () -> silence(silenceSeconds));
        }
        step("reconnect", this::reconnect);
        step("event after reconnect", () -> events(1));
    }

    private interface Step {
        void run() throws Exception;
    }

    private static void step(String name, Step step) throws Exception {
        step.run();
        System.out.println("ok " + name);
    }

    /**
     * The library's reactor may close a socket that another thread is about to connect, and then fails over the lack of a cause.
     * An engine connects anew in its next round; so does this.
     */
    private static void connecting(Step step) throws Exception {
        try {
            step.run();
        } catch (NullPointerException lost) {
            System.out.println("connecting anew after " + lost.getMessage());
            step.run();
        }
    }

    private void codedError() throws Exception {
        JsonRpcResponse response = await(client.call(new RequestBuilder("Conformance.fail").build()));
        check(response.getError() != null && response.getError().get("code").asInt() == 1, "code 1 instead of " + response.getError());
    }

    private void echo(JsonRpcClient over, String text) throws Exception {
        JsonRpcResponse response = await(over.call(new RequestBuilder("Conformance.echo").withParameter("text", text).build()));
        check(text.equals(result(response).get("text").asText()), "the same text of " + text.length() + " characters");
    }

    private void threeAtOnce() throws Exception {
        for (int round = 0; round < 20; round++) {
            List<Future<JsonRpcResponse>> calls = new ArrayList<>();
            for (int number = 0; number < 3; number++) {
                calls.add(call("Conformance.echo", round + "-" + number));
            }
            for (int number = 0; number < 3; number++) {
                check((round + "-" + number).equals(result(calls.get(number)).get("text").asText()), "answer " + number + " of round " + round);
            }
        }
    }

    private void growingSizes() throws Exception {
        for (int length = 1; length < 300000; length = length * 3 + 1) {
            echo(client, "x".repeat(length));
        }
    }

    private void events(int count) throws Exception {
        BlockingQueue<Map<String, Object>> received = new LinkedBlockingQueue<>();
        worker.getPublisher().subscribe(new Listener(host + "|*|VM_status|*", received));
        check(result(client.call(new RequestBuilder("Conformance.events").withParameter("count", (Object) count).build())).asBoolean(), "true");
        for (int number = 0; number < count; number++) {
            Map<String, Object> event = received.poll(CALL_SECONDS, TimeUnit.SECONDS);
            check(event != null, "event " + number);
            check(event.containsKey("vm-" + number) && event.get("notify_time") instanceof Number, "vm-" + number + " in " + event);
        }
    }

    private void silence(int seconds) throws Exception {
        check(result(call("Host.ping2", null)).asBoolean(), "true");
        TimeUnit.SECONDS.sleep(seconds);
        check(client.getClient().isOpen(), "a connection that is still open");
        check(result(call("Host.ping2", null)).asBoolean(), "true");
    }

    private void reconnect() throws Exception {
        call("Conformance.drop", null);
        for (int attempt = 0; attempt < 20; attempt++) {
            TimeUnit.MILLISECONDS.sleep(500);
            try {
                JsonRpcResponse response = await(call("Host.ping2", null));
                if (response.getError() == null) {
                    return;
                }
            } catch (Exception broken) {
                System.out.println("not yet: " + broken);
            }
        }
        throw new AssertionError("no connection again within 10 s");
    }

    private Future<JsonRpcResponse> call(String method, String text) throws Exception {
        RequestBuilder request = new RequestBuilder(method);
        return client.call((text == null ? request : request.withParameter("text", text)).build());
    }

    private static com.fasterxml.jackson.databind.JsonNode result(Future<JsonRpcResponse> call) throws Exception {
        return result(await(call));
    }

    private static com.fasterxml.jackson.databind.JsonNode result(JsonRpcResponse response) {
        check(response.getError() == null, "a result instead of " + response.getError());
        return response.getResult();
    }

    private static JsonRpcResponse await(Future<JsonRpcResponse> call) throws Exception {
        return call.get(CALL_SECONDS, TimeUnit.SECONDS);
    }

    private static void check(boolean holds, String expected) {
        if (!holds) {
            throw new AssertionError("expected " + expected);
        }
    }

    /** Takes every event that matches. */
    private static final class Listener extends EventSubscriber {
        private final BlockingQueue<Map<String, Object>> received;
        private Flow.Subscription subscription;

        Listener(String pattern, BlockingQueue<Map<String, Object>> received) {
            super(pattern);
            this.received = received;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            this.subscription = subscription;
            subscription.request(1);
        }

        @Override
        public void onNext(Map<String, Object> event) {
            received.add(event);
            subscription.request(1);
        }

        @Override
        public void onError(Throwable failure) {
        }

        @Override
        public void onComplete() {
        }
    }

    /** Key and certificates out of PEM files, as an engine takes them out of its key store. */
    private static final class PemProvider extends ManagerProvider {
        private static final char[] PASSWORD = "in memory".toCharArray();
        private final Path pki;
        private final String protocol;

        PemProvider(Path pki, String protocol) {
            this.pki = pki;
            this.protocol = protocol;
        }

        @Override
        public KeyManager[] getKeyManagers() throws GeneralSecurityException {
            KeyStore store = emptyStore();
            store.setKeyEntry("engine", readKey(), PASSWORD, new Certificate[] {readCertificate("cert.pem")});
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, PASSWORD);
            return factory.getKeyManagers();
        }

        @Override
        public TrustManager[] getTrustManagers() throws GeneralSecurityException {
            KeyStore store = emptyStore();
            store.setCertificateEntry("ca", readCertificate("ca.pem"));
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory.getTrustManagers();
        }

        @Override
        public SSLContext getSSLContext() throws GeneralSecurityException {
            SSLContext context = SSLContext.getInstance(protocol);
            context.init(getKeyManagers(), getTrustManagers(), null);
            return context;
        }

        private static KeyStore emptyStore() throws GeneralSecurityException {
            try {
                KeyStore store = KeyStore.getInstance("PKCS12");
                store.load(null, PASSWORD);
                return store;
            } catch (IOException failure) {
                throw new GeneralSecurityException(failure);
            }
        }

        private Certificate readCertificate(String name) throws GeneralSecurityException {
            try (InputStream file = Files.newInputStream(pki.resolve(name))) {
                return CertificateFactory.getInstance("X.509").generateCertificate(file);
            } catch (IOException failure) {
                throw new GeneralSecurityException(failure);
            }
        }

        private PrivateKey readKey() throws GeneralSecurityException {
            try {
                String base64 = Files.readString(pki.resolve("key.pem")).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
                return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
            } catch (IOException failure) {
                throw new GeneralSecurityException(failure);
            }
        }
    }
}
