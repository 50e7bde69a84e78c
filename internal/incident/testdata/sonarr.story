== 10:00 sonarr/Health (open health:IndexerStatusCheck)
new (m.text)
  HEALTH ERROR Sonarr: All indexers are unavailable due to failures
  Check indexer status
  Wiki: https://wiki.servarr.com/sonarr/system#indexers-are-unavailable-due-to-failures
== 10:20 sonarr/HealthRestored (resolved health:IndexerStatusCheck)
edit (m.notice)
  HEALTH RESTORED Sonarr resolved: All indexers are unavailable due to failures
  After 20 min · Check indexer status
  Wiki: https://wiki.servarr.com/sonarr/system#indexers-are-unavailable-due-to-failures
reply (m.notice)
  HEALTH RESTORED Sonarr resolved: All indexers are unavailable due to failures
== 10:21 sonarr/Grab (open download:9F1C2B7A5D0E4C3B8A6F1E2D3C4B5A6978877665)
new (m.notice)
  GRABBED Tide & <Ember>: "The Æther Coast" S02E03–E04
  Salt & Signal, The "Quiet" <Part> – Größe · WEBDL-2160p · 13.0 GiB · Fjordex (Prowlarr) → qBittorrent (seedbox) · English, Danish · Score +1850
  Tide.and.Ember.S02E03E04.2160p.WEB-DL.DDP5.1.Atmos.DV.H.265-NORDLYS
  TVDB: https://thetvdb.com/?tab=series&id=9004120
  IMDb: https://imdb.com/title/tt99004120/
== 10:33 sonarr/Download (open download:9F1C2B7A5D0E4C3B8A6F1E2D3C4B5A6978877665)
edit (m.notice)
  IMPORTED Tide & <Ember>: "The Æther Coast" S02E03–E04
  Salt & Signal, The "Quiet" <Part> – Größe · WEBDL-2160p · 13.0 GiB · English, Danish · h265 DV HDR10, EAC3 Atmos 5.1 · Subtitles eng, dan, swe, nor
  Tide.and.Ember.S02E03E04.2160p.WEB-DL.DDP5.1.Atmos.DV.H.265-NORDLYS
  TVDB: https://thetvdb.com/?tab=series&id=9004120
  IMDb: https://imdb.com/title/tt99004120/
== 10:34 sonarr/Download.upgrade (open download:SABnzbd_nzo_q9w8e7r6)
new (m.notice)
  UPGRADED Tide & <Ember>: "The Æther Coast" S02E03–E04 from HDTV-720p to WEBDL-2160p Proper
  Salt & Signal, The "Quiet" <Part> – Größe · 13.0 GiB · English, Danish · h265 DV HDR10, EAC3 Atmos 5.1 · Subtitles eng, dan, swe, nor
  Tide.and.Ember.S02E03E04.2160p.WEB-DL.DDP5.1.Atmos.DV.H.265-NORDLYS
  TVDB: https://thetvdb.com/?tab=series&id=9004120
  IMDb: https://imdb.com/title/tt99004120/
