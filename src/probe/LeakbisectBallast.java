import java.io.File;
import java.util.ArrayList;

/** Keeps as many bytes as a file is long, until the file is gone. */
public final class LeakbisectBallast extends Thread {
  private static final ArrayList<byte[]> kept = new ArrayList<>();
  private static final int header = 24;
  private static final int least = 1024;
  private final File line;

  private LeakbisectBallast(String path) {
    super("leakbisect ballast");
    line = new File(path);
    setDaemon(true);
  }

  public static void agentmain(String path) {
    new LeakbisectBallast(path).start();
  }

  @Override
  public void run() {
    for (long held = 0; line.exists();) {
      int more = (int) (line.length() - held);
      if (more >= least) {
        kept.add(new byte[more - header]);
        held += more;
      }
      try {
        sleep(20);
      } catch (InterruptedException ended) {
        return;
      }
    }
  }
}
