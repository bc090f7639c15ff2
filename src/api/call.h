/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The call table: everything that is known about a call of any program before its method runs. The rows are written
 * from src/api/ *.toml by src/api/gen; constant, any thread.
 */
#pragma once

#include "rpc/xdr.h"

/* What a call is on: its handle is looked up before the method runs. */
typedef enum {
    VIR_ON_NONE,
    VIR_ON_CONNECT,
    VIR_ON_DOMAIN,
    VIR_ON_DOMAIN_SNAPSHOT,
    VIR_ON_DOMAIN_CHECKPOINT,
    VIR_ON_NETWORK,
    VIR_ON_NETWORK_PORT,
    VIR_ON_INTERFACE,
    VIR_ON_STORAGE_POOL,
    VIR_ON_STORAGE_VOL,
    VIR_ON_NODE_DEVICE,
    VIR_ON_NWFILTER,
    VIR_ON_NWFILTER_BINDING,
    VIR_ON_SECRET,
    VIR_ON_SERVER,             /* admin */
    VIR_ON_CLIENT,             /* admin */
    VIR_ON_LAST
} VirCallObject;

/* Which driver of a daemon serves the call; the router picks the daemon by it. */
typedef enum {
    VIR_SUBSYSTEM_NONE,        /* the daemon itself: admin, lock, log, keepalive, events */
    VIR_SUBSYSTEM_HYPERVISOR,
    VIR_SUBSYSTEM_INTERFACE,
    VIR_SUBSYSTEM_NETWORK,
    VIR_SUBSYSTEM_NODEDEV,
    VIR_SUBSYSTEM_NWFILTER,
    VIR_SUBSYSTEM_SECRET,
    VIR_SUBSYSTEM_STORAGE,
} VirSubsystem;

typedef enum {
    VIR_JOB_QUICK,             /* reads published views, /proc, cgroup; inline on the I/O thread */
    VIR_JOB_POOL,              /* a pool thread and no actor: parses, defines, creates, works on the host */
    VIR_JOB_QUERY,             /* asks QEMU, short deadline */
    VIR_JOB_MODIFY,            /* on the object's actor */
    VIR_JOB_DESTROY,           /* cancels a start, overtakes jobs that need an active object */
    VIR_JOB_ABORT,             /* acts on the running long operation, never queues */
    VIR_JOB_AGENT,             /* the guest agent's own queue */
    VIR_JOB_LONG,              /* runs beside the actor, posts short steps */
} VirJobClass;

typedef enum {
    VIR_READONLY_ALLOW,
    VIR_READONLY_DENY,
    VIR_READONLY_DENY_IF,      /* denied when one of readonly_conds holds */
} VirReadonly;

typedef enum { VIR_STREAM_NONE, VIR_STREAM_READ, VIR_STREAM_WRITE } VirStreamDir;   /* as the client sees it */

typedef enum {
    VIR_EVENT_NONE,            /* a call */
    VIR_EVENT_LEGACY,          /* event without callbackID */
    VIR_EVENT_CALLBACK,        /* event whose first field is the callbackID */
    VIR_EVENT_CLOSE,           /* the connection's close callback */
    VIR_EVENT_DIRECT,          /* unregistered message: helper to daemon, keepalive */
} VirEventVariant;

typedef enum {
    VIR_EVENT_CLASS_NONE,
    VIR_EVENT_CLASS_CONNECT,
    VIR_EVENT_CLASS_DOMAIN,
    VIR_EVENT_CLASS_NETWORK,
    VIR_EVENT_CLASS_STORAGE_POOL,
    VIR_EVENT_CLASS_NODE_DEVICE,
    VIR_EVENT_CLASS_SECRET,
    VIR_EVENT_CLASS_QEMU_MONITOR,
    VIR_EVENT_CLASS_LXC_MONITOR,
} VirEventClass;

/* Where the object to authorise comes from when it is not the one the call is on (a snapshot or checkpoint is
 * authorised as its domain). With subject_param set, the argument at subject_offset is an array of typed parameters and
 * the named one holds the key, document or path. */
typedef enum {
    VIR_SUBJECT_ON,            /* the object of the call */
    VIR_SUBJECT_ARG,           /* another handle in the arguments, at subject_offset */
    VIR_SUBJECT_KEY,           /* the object that the lookup finds by name, uuid, id, key, path... */
    VIR_SUBJECT_XML,           /* the document at subject_offset */
    VIR_SUBJECT_FILE,          /* the save image whose path is at subject_offset */
} VirSubject;

/* States of the object in which the call is valid (a mask; 0 = any or depends on flags). */
enum {
    VIR_CALL_STATE_INACTIVE = 1 << 0,
    VIR_CALL_STATE_RUNNING = 1 << 1,
    VIR_CALL_STATE_PAUSED = 1 << 2,
    VIR_CALL_STATE_ACTIVE = VIR_CALL_STATE_RUNNING | VIR_CALL_STATE_PAUSED,
};

typedef enum {
    VIR_COND_ALWAYS,
    VIR_COND_FLAGS_SET,        /* all bits of value are set in the field */
    VIR_COND_FLAGS_CLEAR,      /* none of the bits is */
    VIR_COND_EQUALS,           /* the field has the value */
} VirCondKind;

/* A condition on one integer argument. */
typedef struct {
    guint8 kind;               /* VirCondKind */
    guint8 wide;               /* the field has 64 bits */
    guint16 offset;
    guint32 value;
} VirCond;

typedef enum { VIR_FLAG_END, VIR_FLAG_EXCLUSIVE, VIR_FLAG_REQUIRES } VirFlagRuleKind;

/* How two flags go together: never both, or a only with b. A list ends with VIR_FLAG_END. */
typedef struct {
    guint8 kind;               /* VirFlagRuleKind */
    guint32 a, b;
    const char *a_name, *b_name;
} VirFlagRule;

/* One row of an access list; the list ends with perm VIR_ACL_NONE. */
typedef struct {
    guint16 perm;              /* VirAclPermId of api/acl.h */
    VirCond cond;
} VirAcl;

#define VIR_OFFSET_NONE G_MAXUINT16

typedef struct {
    const char *name;          /* "domain_create", "qemu_domain_monitor_command" */
    const char *api;           /* public function, NULL when there is none */
    guint32 program, version;
    gint32 proc;
    guint since;               /* release * 1000000 + minor * 1000 + micro; 0 = unknown, older than all of interest */
    const VirXdrStruct *args;  /* NULL = empty payload; an event's message */
    const VirXdrStruct *ret;

    guint8 on;                 /* VirCallObject */
    guint8 on_by_name;         /* the handle is a bare char * (node devices), not a struct */
    guint16 on_offset;         /* of the handle inside args */
    guint16 flags_offset;      /* of the flags argument; VIR_OFFSET_NONE */
    guint8 flags_wide;         /* it has 64 bits */
    guint32 flags_mask;        /* bits that the API defines */
    const VirFlagRule *flag_rules;
    guint16 op_offset;         /* of the method inside VirOps; VIR_OFFSET_NONE for events */

    guint8 subsystem;          /* VirSubsystem */
    guint8 job;                /* VirJobClass */
    guint8 states;             /* VIR_CALL_STATE_* */
    guint8 subject;            /* VirSubject */
    guint16 subject_offset;
    const char *subject_param; /* see VirSubject */

    const VirAcl *acl;         /* all rows must be granted; NULL = none */
    guint16 acl_filter;        /* permission an entry of the result, or an event's object, needs; VIR_ACL_NONE */
    guint8 readonly;           /* VirReadonly */
    const VirCond *readonly_conds;   /* DENY_IF: any that holds denies; ends with VIR_COND_ALWAYS */

    guint8 stream;             /* VirStreamDir */
    guint32 sparse_flag;       /* bit of flags that allows holes */
    gint8 fds_in, fds_out;     /* descriptors with the call and with its reply; -1 = any number */
    guint8 priority_high;
    guint8 auth_required;      /* FALSE: allowed before login */
    guint8 param_probe;        /* nparams 0 asks for the number of parameters only */

    guint8 event;              /* VirEventVariant; not VIR_EVENT_NONE: server to client */
    guint8 event_class;        /* VirEventClass */
    gint16 event_id;           /* -1 when the class has none */
} VirCall;

/* The row of a procedure; NULL when there is none. O(1). */
const VirCall *vir_call_find(guint32 program, gint32 proc);
const VirCall *vir_call_by_name(const char *name);
/* The event procedure that carries event @id of @event_class in this form; NULL when there is none. */
const VirCall *vir_call_event(VirEventClass event_class, gint id, VirEventVariant variant);
/* All rows, program after program in the order of their numbers. */
const VirCall *vir_call_all(gsize *ret_n);

/* Refuses (VIR_ERR_INVALID_ARG) flags that the API does not define and combinations that it forbids. A driver still
 * refuses what it does not support. */
gboolean vir_call_check_flags(const VirCall *call, const void *args, GError **err);

/* Whether @cond holds for these arguments. */
gboolean vir_cond_holds(const VirCond *cond, const void *args);
