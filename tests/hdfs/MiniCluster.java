import java.io.File;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.util.Scanner;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.MiniDFSNNTopology;

/**
 * A real HDFS on this machine, on free ports, until stdin ends.
 *
 * <p>usage: MiniCluster FOLDER plain|ha. Prints `port N…`, the ports of the name nodes, when all is there. FOLDER gets
 * the cluster's files and what Hadoop's programs are told by HADOOP_CONF_DIR: conf/core-site.xml, conf/hdfs-site.xml.
 * Of the two name nodes of an HA one, whose service is `ferry`, the first is active; a line `active N` (0, 1) on stdin
 * changes that, and is answered by `ready`.
 */
public final class MiniCluster {
  private static final String SERVICE = "ferry";

  private MiniCluster() {}

  public static void main(String[] arguments) throws Exception {
    File folder = new File(arguments[0]);
    boolean ha = arguments[1].equals("ha");
    MiniDFSCluster cluster = start(new File(folder, "dfs"), ha);
    writeConfiguration(cluster, new File(folder, "conf"), ha);
    StringBuilder ports = new StringBuilder("port");
    for (int i = 0; i < cluster.getNumNameNodes(); ++i) ports.append(' ').append(cluster.getNameNodePort(i));
    System.out.println(ports);
    Scanner in = new Scanner(System.in);
    while (in.hasNextLine()) {
      int next = Integer.parseInt(in.nextLine().split(" ")[1]);
      cluster.transitionToStandby(1 - next);
      cluster.transitionToActive(next);
      cluster.waitActive(next);
      System.out.println("ready");
    }
    System.exit(0);
  }

  private static MiniDFSCluster start(File folder, boolean ha) throws Exception {
    Configuration conf = new Configuration();
    conf.setInt("dfs.ha.tail-edits.period", 1);
    MiniDFSCluster.Builder builder = new MiniDFSCluster.Builder(conf, folder).numDataNodes(1);
    if (ha) builder.nnTopology(MiniDFSNNTopology.simpleHATopology());
    MiniDFSCluster cluster = builder.build();
    if (ha) cluster.transitionToActive(0);
    cluster.waitActive();
    // As it is for a job: it may write below a place of its own, and nowhere else.
    Path place = new Path("/flink");
    cluster.getFileSystem(0).mkdirs(place);
    cluster.getFileSystem(0).setPermission(place, new FsPermission((short) 01777));
    return cluster;
  }

  private static void writeConfiguration(MiniDFSCluster cluster, File folder, boolean ha) throws Exception {
    folder.mkdirs();
    Configuration core = new Configuration(false);
    core.set("fs.defaultFS", "hdfs://" + (ha ? SERVICE : addressOf(cluster, 0)));
    write(core, new File(folder, "core-site.xml"));
    Configuration hdfs = new Configuration(false);
    if (ha) {
      hdfs.set("dfs.nameservices", SERVICE);
      hdfs.set("dfs.ha.namenodes." + SERVICE, "nn1,nn2");
      for (int i = 0; i < 2; ++i) {
        hdfs.set("dfs.namenode.rpc-address." + SERVICE + ".nn" + (i + 1), addressOf(cluster, i));
      }
      hdfs.set(
          "dfs.client.failover.proxy.provider." + SERVICE,
          "org.apache.hadoop.hdfs.server.namenode.ha.ConfiguredFailoverProxyProvider");
    }
    write(hdfs, new File(folder, "hdfs-site.xml"));
  }

  private static String addressOf(MiniDFSCluster cluster, int number) {
    return "127.0.0.1:" + cluster.getNameNodePort(number);
  }

  private static void write(Configuration configuration, File file) throws Exception {
    try (OutputStream out = new FileOutputStream(file)) {
      configuration.writeXml(out);
    }
  }
}
