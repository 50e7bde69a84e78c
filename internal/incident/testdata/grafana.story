== 10:00 grafana/firing-single (open 1/matrix-homelab/{}:{alertname="HighCPU", grafana_folder="Homelab"})
new (m.text)
  FIRING HighCPU: CPU above 90% on pve1
  Value 97.32 · Since 09:42 · Severity critical · Folder Homelab · instance pve1:9100
  Dashboard: https://grafana.home.example/d/node-exporter-full?from=1795336970000&orgId=1&to=1795340750788
  Panel: https://grafana.home.example/d/node-exporter-full?from=1795336970000&orgId=1&to=1795340750788&viewPanel=77
  CPU usage has been above 90% for 5 minutes.
  Check `top` on the host.
== 10:04 grafana/firing-single (open 1/matrix-homelab/{}:{alertname="HighCPU", grafana_folder="Homelab"})
edit (m.text)
  FIRING HighCPU: CPU above 90% on pve1
  firing for 21 min, told 2× · Value 97.32 · Since 09:42 · Severity critical · Folder Homelab · instance pve1:9100
  Dashboard: https://grafana.home.example/d/node-exporter-full?from=1795336970000&orgId=1&to=1795340750788
  Panel: https://grafana.home.example/d/node-exporter-full?from=1795336970000&orgId=1&to=1795340750788&viewPanel=77
  CPU usage has been above 90% for 5 minutes.
  Check `top` on the host.
== 10:12 grafana/resolved-single (resolved 1/matrix-homelab/{}:{alertname="HighCPU", grafana_folder="Homelab"})
edit (m.notice)
  RESOLVED HighCPU on pve1:9100 after 3 min
  Last value 97.32 · Fired 09:42 · Folder Homelab
  Dashboard: https://grafana.home.example/d/node-exporter-full?from=1795336970000&orgId=1&to=1795340750000
  Panel: https://grafana.home.example/d/node-exporter-full?from=1795336970000&orgId=1&to=1795340750000&viewPanel=77
reply (m.notice)
  RESOLVED HighCPU on pve1:9100 after 3 min
  https://grafana.home.example/d/node-exporter-full?from=1795336970000&orgId=1&to=1795340750788&viewPanel=77
