/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The keys of qemu.conf: KEY(key, type, field, least, greatest, default as the sample shows it, explanation).
 * Numbers with both bounds 0 have their type's. In the order of the sample file.
 */
// clang-format off
KEY(default_tls_x509_cert_dir, STRING, default_tls_cert_dir, 0, 0, "\"/etc/pki/qemu\"",
    "Where certificates are that no other key places: ca-cert.pem, server-cert.pem, server-key.pem, "
    "and client-cert.pem, client-key.pem where a peer asks for one. It is the fall-back of the "
    "*_tls_x509_cert_dir keys.")
KEY(default_tls_x509_verify, INT, default_tls_verify, 0, 1, "1",
    "Ask clients for a certificate signed by the CA. The fall-back of the *_tls_x509_verify keys.")
KEY(default_tls_x509_secret_uuid, STRING, default_tls_secret_uuid, 0, 0, "\"00000000-0000-0000-0000-000000000000\"",
    "The secret with the password of server-key.pem, when it has one. The fall-back of the "
    "*_tls_x509_secret_uuid keys.")
KEY(default_tls_priority, STRING, default_tls_priority, 0, 0, "\"@SYSTEM\"",
    "GnuTLS priority string of QEMU's TLS. The fall-back of the *_tls_priority keys.")
KEY(vnc_listen, STRING, vnc_listen, 0, 0, "\"127.0.0.1\"",
    "Address of VNC servers whose document names none.")
KEY(vnc_auto_unix_socket, BOOL, vnc_auto_unix_socket, 0, 0, "0",
    "Put VNC servers whose document names no address on a UNIX socket.")
KEY(vnc_tls, BOOL, vnc.enabled, 0, 0, "0",
    "TLS for VNC.")
KEY(vnc_tls_x509_cert_dir, STRING, vnc.cert_dir, 0, 0, "\"/etc/pki/libvirt-vnc\"",
    "Certificates of VNC.")
KEY(vnc_tls_x509_verify, INT, vnc.verify, 0, 1, "1",
    "VNC clients need a certificate.")
KEY(vnc_tls_x509_secret_uuid, STRING, vnc.secret_uuid, 0, 0, "\"00000000-0000-0000-0000-000000000000\"",
    "Password of VNC's key.")
KEY(vnc_tls_priority, STRING, vnc.priority, 0, 0, "\"@SYSTEM\"",
    "GnuTLS priority string of VNC.")
KEY(vnc_password, STRING, vnc_password, 0, 0, "\"XYZ12345\"",
    "VNC password of guests whose document has none. Only eight characters count; use TLS or SASL "
    "instead.")
KEY(vnc_sasl, BOOL, vnc_sasl, 0, 0, "0",
    "SASL for VNC.")
KEY(vnc_sasl_dir, STRING, vnc_sasl_dir, 0, 0, "\"/some/directory/sasl2\"",
    "Where QEMU looks for its SASL configuration.")
KEY(vnc_allow_host_audio, BOOL, vnc_allow_host_audio, 0, 0, "0",
    "Let guests with VNC use the host's sound.")
KEY(spice_listen, STRING, spice_listen, 0, 0, "\"127.0.0.1\"",
    "Address of SPICE servers whose document names none.")
KEY(spice_tls, BOOL, spice_tls, 0, 0, "0",
    "TLS for SPICE.")
KEY(spice_tls_x509_cert_dir, STRING, spice_cert_dir, 0, 0, "\"/etc/pki/libvirt-spice\"",
    "Certificates of SPICE.")
KEY(spice_auto_unix_socket, BOOL, spice_auto_unix_socket, 0, 0, "0",
    "Put SPICE servers whose document names no address on a UNIX socket.")
KEY(spice_password, STRING, spice_password, 0, 0, "\"XYZ12345\"",
    "SPICE password of guests whose document has none.")
KEY(spice_sasl, BOOL, spice_sasl, 0, 0, "0",
    "SASL for SPICE.")
KEY(spice_sasl_dir, STRING, spice_sasl_dir, 0, 0, "\"/some/directory/sasl2\"",
    "Where QEMU looks for its SASL configuration.")
KEY(rdp_listen, STRING, rdp_listen, 0, 0, "\"127.0.0.1\"",
    "Address of RDP servers whose document names none.")
KEY(rdp_tls_x509_cert_dir, STRING, rdp_cert_dir, 0, 0, "\"/etc/pki/libvirt-rdp\"",
    "Certificates of RDP.")
KEY(rdp_username, STRING, rdp_username, 0, 0, "\"user\"",
    "RDP user of guests whose document has none.")
KEY(rdp_password, STRING, rdp_password, 0, 0, "\"RDP12345\"",
    "RDP password of guests whose document has none.")
KEY(chardev_tls, BOOL, chardev.enabled, 0, 0, "0",
    "TLS for TCP character devices.")
KEY(chardev_tls_x509_cert_dir, STRING, chardev.cert_dir, 0, 0, "\"/etc/pki/libvirt-chardev\"",
    "Certificates of character devices.")
KEY(chardev_tls_x509_verify, INT, chardev.verify, 0, 1, "1",
    "Peers of character devices need a certificate.")
KEY(chardev_tls_x509_secret_uuid, STRING, chardev.secret_uuid, 0, 0, "\"00000000-0000-0000-0000-000000000000\"",
    "Password of the character devices' key.")
KEY(chardev_tls_priority, STRING, chardev.priority, 0, 0, "\"@SYSTEM\"",
    "GnuTLS priority string of character devices.")
KEY(vxhs_tls, BOOL, vxhs.enabled, 0, 0, "0",
    "TLS for VxHS disks, which QEMU no longer has.")
KEY(vxhs_tls_x509_cert_dir, STRING, vxhs.cert_dir, 0, 0, "\"/etc/pki/libvirt-vxhs\"",
    "Certificates of VxHS disks.")
KEY(vxhs_tls_x509_secret_uuid, STRING, vxhs.secret_uuid, 0, 0, "\"00000000-0000-0000-0000-000000000000\"",
    "Password of the VxHS key.")
KEY(nbd_tls, BOOL, nbd.enabled, 0, 0, "0",
    "TLS for NBD disks.")
KEY(nbd_tls_x509_cert_dir, STRING, nbd.cert_dir, 0, 0, "\"/etc/pki/libvirt-nbd\"",
    "Certificates of NBD disks.")
KEY(nbd_tls_x509_secret_uuid, STRING, nbd.secret_uuid, 0, 0, "\"00000000-0000-0000-0000-000000000000\"",
    "Password of the NBD key.")
KEY(nbd_tls_priority, STRING, nbd.priority, 0, 0, "\"@SYSTEM\"",
    "GnuTLS priority string of NBD disks.")
KEY(migrate_tls_x509_cert_dir, STRING, migrate.cert_dir, 0, 0, "\"/etc/pki/libvirt-migrate\"",
    "Certificates of migration.")
KEY(migrate_tls_x509_verify, INT, migrate.verify, 0, 1, "1",
    "Migration peers need a certificate.")
KEY(migrate_tls_x509_secret_uuid, STRING, migrate.secret_uuid, 0, 0, "\"00000000-0000-0000-0000-000000000000\"",
    "Password of the migration key.")
KEY(migrate_tls_priority, STRING, migrate.priority, 0, 0, "\"@SYSTEM\"",
    "GnuTLS priority string of migration.")
KEY(migrate_tls_force, BOOL, migrate_tls_force, 0, 0, "0",
    "Refuse migrations without TLS.")
KEY(backup_tls_x509_cert_dir, STRING, backup.cert_dir, 0, 0, "\"/etc/pki/libvirt-backup\"",
    "Certificates of backup servers.")
KEY(backup_tls_x509_verify, INT, backup.verify, 0, 1, "1",
    "Backup clients need a certificate.")
KEY(backup_tls_x509_secret_uuid, STRING, backup.secret_uuid, 0, 0, "\"00000000-0000-0000-0000-000000000000\"",
    "Password of the backup key.")
KEY(backup_tls_priority, STRING, backup.priority, 0, 0, "\"@SYSTEM\"",
    "GnuTLS priority string of backup servers.")
KEY(nographics_allow_host_audio, BOOL, nographics_allow_host_audio, 0, 0, "0",
    "Let guests without a display use the host's sound.")
KEY(remote_display_port_min, UINT, port_min, 5900, 65535, "5900",
    "Least port given to displays with autoport.")
KEY(remote_display_port_max, UINT, port_max, 5900, 65535, "65535",
    "Greatest port given to displays with autoport.")
KEY(remote_websocket_port_min, UINT, websocket_port_min, 5700, 65535, "5700",
    "Least port given to VNC websockets.")
KEY(remote_websocket_port_max, UINT, websocket_port_max, 5700, 65535, "65535",
    "Greatest port given to VNC websockets.")
KEY(security_driver, STRV, security_driver, 0, 0, "\"none\"",
    "Drivers that confine guests: \"dac\" (owners of files; always on in system instances) and "
    "\"none\". Where AppArmor or SELinux enforces, guests start only with \"none\" here.")
KEY(security_default_confined, BOOL, security_default_confined, 0, 0, "1",
    "Guests are confined unless their document says otherwise.")
KEY(security_require_confined, BOOL, security_require_confined, 0, 0, "0",
    "Refuse guests whose document asks not to be confined.")
KEY(user, STRING, user, 0, 0, "\"libvirt-qemu\"",
    "Whom QEMU runs as in system instances: a name, or a number (\"+107\" is always a number).")
KEY(group, STRING, group, 0, 0, "\"libvirt-qemu\"",
    "The group QEMU runs as, in the same form.")
KEY(dynamic_ownership, BOOL, dynamic_ownership, 0, 0, "1",
    "Give a guest's files to QEMU's user while it runs.")
KEY(remember_owner, BOOL, remember_owner, 0, 0, "1",
    "Give them back to the owner they had. 0: they go to root.")
KEY(cgroup_controllers, STRV, cgroup_controllers, 0, 0, "[ \"cpu\", \"devices\", \"memory\", \"blkio\", \"cpuset\", \"cpuacct\" ]",
    "Control group controllers used for guests; the default is all that the host has of these.")
KEY(cgroup_device_acl, STRV, cgroup_device_acl, 0, 0, "[ \"/dev/null\", \"/dev/full\", \"/dev/zero\", \"/dev/random\", \"/dev/urandom\", \"/dev/ptmx\", \"/dev/userfaultfd\" ]",
    "Device nodes every guest may use.")
KEY(save_image_format, STRING, save_format, 0, 0, "\"raw\"",
    "Compression of saved guests: raw, gzip, bzip2, xz, lzop, zstd.")
KEY(dump_image_format, STRING, dump_format, 0, 0, "\"raw\"",
    "Compression of core dumps.")
KEY(snapshot_image_format, STRING, snapshot_format, 0, 0, "\"raw\"",
    "Compression of the memory of external snapshots.")
KEY(auto_dump_path, STRING, auto_dump_path, 0, 0, "\"/var/lib/libvirt/qemu/dump\"",
    "Where crashed guests are dumped whose document asks for it.")
KEY(auto_dump_bypass_cache, BOOL, auto_dump_bypass_cache, 0, 0, "0",
    "Write such dumps past the host's page cache.")
KEY(auto_dump_max_size, SIZE, auto_dump_max_size, 0, 0, "\"10GiB\"",
    "Largest automatic dump; 0 is no bound.")
KEY(auto_start_bypass_cache, BOOL, auto_start_bypass_cache, 0, 0, "0",
    "Read saved guests past the page cache when they are started automatically.")
KEY(auto_start_delay, INT, auto_start_delay, 0, 86400000, "0",
    "Milliseconds between two automatic starts.")
KEY(auto_shutdown_try_save, STRING, auto_shutdown_try_save, 0, 0, "\"none\"",
    "Which guests are saved when the host goes down: none, persistent, transient, all.")
KEY(auto_shutdown_try_shutdown, STRING, auto_shutdown_try_shutdown, 0, 0, "\"none\"",
    "Which are asked to shut down.")
KEY(auto_shutdown_poweroff, STRING, auto_shutdown_poweroff, 0, 0, "\"none\"",
    "Which are switched off.")
KEY(auto_shutdown_wait, INT, auto_shutdown_wait, 0, 86400, "30",
    "Seconds a guest has for its shutdown.")
KEY(auto_shutdown_restore, BOOL, auto_shutdown_restore, 0, 0, "1",
    "Start the guests again when the host comes up.")
KEY(auto_save_bypass_cache, BOOL, auto_save_bypass_cache, 0, 0, "0",
    "Write such saves past the page cache.")
KEY(hugetlbfs_mount, STRV, hugetlbfs_mount, 0, 0, "\"/dev/hugepages\"",
    "Where huge pages are mounted; the default is every such mount.")
KEY(bridge_helper, STRING, bridge_helper, 0, 0, "\"qemu-bridge-helper\"",
    "The program that opens taps for session instances.")
KEY(set_process_name, BOOL, set_process_name, 0, 0, "0",
    "QEMU calls itself qemu:NAME.")
KEY(max_processes, INT, max_processes, 0, 4194304, "0",
    "Processes QEMU's user may have; 0 leaves the limit alone.")
KEY(max_files, INT, max_files, 0, 1073741824, "0",
    "Files QEMU may have open; 0 leaves the limit alone.")
KEY(max_threads_per_process, INT, max_threads_per_process, 0, 4194304, "0",
    "Threads QEMU may have; 0 is no limit.")
KEY(max_core, STRING_OR_INT, max_core_text, 0, 0, "0",
    "Size of core files in bytes, or \"unlimited\".")
KEY(dump_guest_core, BOOL, dump_guest_core, 0, 0, "0",
    "Core files have the guest's memory.")
KEY(mac_filter, BOOL, mac_filter, 0, 0, "0",
    "Filter guests' MAC addresses on bridges.")
KEY(relaxed_acs_check, BOOL, relaxed_acs_check, 0, 0, "0",
    "Assign PCI devices below switches without ACS.")
KEY(lock_manager, STRING, lock_manager, 0, 0, "\"nop\"",
    "Leases on disks: nop, lockd, sanlock.")
KEY(max_queued, UINT, max_queued, 0, 1000000, "0",
    "Jobs that may wait for one guest; 0 is no bound.")
KEY(keepalive_interval, UINT, keepalive_interval, 0, 86400, "5",
    "Seconds between questions to a migration's other daemon.")
KEY(keepalive_count, UINT, keepalive_count, 0, 1000000, "5",
    "Unanswered questions after which it counts as gone.")
KEY(seccomp_sandbox, INT, seccomp_sandbox, -1, 1, "1",
    "QEMU's own seccomp filter: 1 on, 0 off, -1 on where QEMU has it.")
KEY(migration_address, STRING, migration_address, 0, 0, "\"0.0.0.0\"",
    "Address incoming migrations listen on.")
KEY(migration_host, STRING, migration_host, 0, 0, "\"host.example.com\"",
    "Name or address by which the other host reaches this one.")
KEY(migration_port_min, UINT, migration_port_min, 1, 65535, "49152",
    "Least port of incoming migrations.")
KEY(migration_port_max, UINT, migration_port_max, 1, 65535, "49215",
    "Greatest port of incoming migrations.")
KEY(backup_port_min, UINT, backup_port_min, 1, 65535, "10809",
    "Least port of backup servers.")
KEY(backup_port_max, UINT, backup_port_max, 1, 65535, "10872",
    "Greatest port of backup servers.")
KEY(log_timestamp, BOOL, log_timestamp, 0, 0, "1",
    "QEMU's messages have a time.")
KEY(nvram, STRV, nvram, 0, 0, "[ \"/usr/share/OVMF/OVMF_CODE.fd:/usr/share/OVMF/OVMF_VARS.fd\" ]",
    "UEFI code images with the variable store each starts from, for images no firmware descriptor "
    "knows.")
KEY(stdio_handler, STRING, stdio_handler, 0, 0, "\"logd\"",
    "Where QEMU's output goes: \"logd\" to virtlogd, which bounds the file; \"file\" straight to the "
    "file. The default is virtlogd where it runs.")
KEY(gluster_debug_level, UINT, gluster_debug_level, 0, 9, "4",
    "How much Gluster disks log.")
KEY(virtiofsd_debug, BOOL, virtiofsd_debug, 0, 0, "0",
    "virtiofsd logs everything.")
KEY(namespaces, STRV, namespaces, 0, 0, "[ \"mount\" ]",
    "Private namespaces of guests in system instances: \"mount\" gives each a /dev with its own "
    "devices only. An empty list: none.")
KEY(memory_backing_dir, STRING, memory_backing_dir, 0, 0, "\"/var/lib/libvirt/qemu/ram\"",
    "Where file-backed guest memory is.")
KEY(pr_helper, STRING, pr_helper, 0, 0, "\"qemu-pr-helper\"",
    "The program for SCSI persistent reservations.")
KEY(slirp_helper, STRING, slirp_helper, 0, 0, "\"/usr/bin/slirp-helper\"",
    "The program for user-mode networks outside QEMU.")
KEY(qemu_rdp, STRING, qemu_rdp, 0, 0, "\"qemu-rdp\"",
    "The program for RDP displays.")
KEY(qemu_vnc, STRING, qemu_vnc, 0, 0, "\"qemu-vnc\"",
    "The program for VNC displays outside QEMU.")
KEY(dbus_daemon, STRING, dbus_daemon, 0, 0, "\"dbus-daemon\"",
    "The program for D-Bus displays.")
KEY(swtpm_user, STRING, swtpm_user, 0, 0, "\"tss\"",
    "Whom swtpm runs as.")
KEY(swtpm_group, STRING, swtpm_group, 0, 0, "\"tss\"",
    "The group swtpm runs as.")
KEY(capability_filters, STRV, capability_filters, 0, 0, "[ \"capname\" ]",
    "Capabilities of QEMU that are treated as missing, for tests.")
KEY(deprecation_behavior, STRING, deprecation_behavior, 0, 0, "\"none\"",
    "What QEMU does with deprecated commands: none, omit, reject, crash.")
KEY(sched_core, STRING, sched_core, 0, 0, "\"none\"",
    "Core scheduling: none, or emulator and full, which keep other processes off the cores that run "
    "QEMU.")
KEY(storage_use_nbdkit, BOOL, storage_use_nbdkit, 0, 0, "0",
    "Network disks through nbdkit.")
KEY(shared_filesystems, STRV, shared_filesystems, 0, 0, "[ \"/path/to/images\", \"/path/to/nvram\", \"/path/to/swtpm\" ]",
    "Paths that other hosts have too: owners below them are not remembered or restored.")
KEY(default_cpu_deprecated_features, STRING, default_cpu_deprecated_features, 0, 0, "\"off\"",
    "Deprecated features of the default CPU model.")
KEY(allow_disk_format_probing, BOOL, allow_disk_format_probing, 0, 0, "0",
    "Gone: image formats are never guessed.")
KEY(clear_emulator_capabilities, BOOL, clear_emulator_capabilities, 0, 0, "1",
    "QEMU has no capabilities, whoever it runs as.")
// clang-format on
// clang-format on
