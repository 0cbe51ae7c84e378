/* SPDX-License-Identifier: MIT
 * Files below an output folder: looked at, compared, written under a temporary name, synced as a
 * set and renamed. Knows no images. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "memory.h"

enum { SYNC_THREADS = 15 };

struct pending_file {
    struct folder *folder;
    struct directory *directory;
    struct slot *slot; /* NULL: no temporary file is there any more */
    char path[];
};

/* For tests, as memory_fail_at: the one way to make a disk fail at a chosen moment. */
static atomic_long fault_countdown, change_count;
static atomic_int fault_number;

void file_fail_at(long n, int error_number)
{
    atomic_store(&change_count, 0);
    atomic_store(&fault_number, error_number);
    atomic_store(&fault_countdown, n);
}

long file_change_count(void)
{
    return atomic_load(&change_count);
}

int file_fault(void)
{
    atomic_fetch_add(&change_count, 1);
    if (atomic_load(&fault_countdown) <= 0) {
        return 0;
    }
    return atomic_fetch_sub(&fault_countdown, 1) == 1 ? atomic_load(&fault_number) : 0;
}

/* ---- What is there ---- */

static void facts_fill(struct file_facts *facts, const struct stat *found)
{
    *facts = (struct file_facts){
        .exists = true,
        .regular = S_ISREG(found->st_mode),
        .size = found->st_size,
        .modified_ns = (int64_t)found->st_mtim.tv_sec * 1000000000 + found->st_mtim.tv_nsec,
        .inode = found->st_ino,
    };
}

bool file_facts_equal(const struct file_facts *a, const struct file_facts *b)
{
    return a->exists == b->exists && a->regular == b->regular && a->size == b->size &&
           a->modified_ns == b->modified_ns && a->inode == b->inode;
}

/* The folder of `path`, once the path is known to be harmless; *directory NULL when not there. */
static enum status file_enter(struct folder *folder, const char *path, bool make,
                              struct directory **directory, struct error *error)
{
    enum status status = file_path_check(path, error);
    return status == STATUS_OK ? directory_acquire(folder, path, make, directory, error) : status;
}

static enum status file_stat(const struct folder *folder, const struct directory *directory,
                             const char *path, struct file_facts *facts, struct error *error)
{
    struct stat found;
    *facts = (struct file_facts){0};
    if (fstatat(directory_descriptor(directory), path_base(path), &found, AT_SYMLINK_NOFOLLOW) ==
        0) {
        facts_fill(facts, &found);
    } else if (errno != ENOENT) {
        return file_error(error, folder, "look at", path, errno);
    }
    return STATUS_OK;
}

enum status file_look(struct folder *folder, const char *path, struct file_facts *out,
                      struct error *error)
{
    struct directory *directory = NULL;
    struct file_facts facts = {0};
    enum status status = file_enter(folder, path, false, &directory, error);
    if (status == STATUS_OK && directory) {
        status = file_stat(folder, directory, path, &facts, error);
        directory_release(folder, directory);
    }
    if (status == STATUS_OK) {
        *out = facts;
    }
    return status;
}

static bool same_folder(const char *path, const char *other)
{
    const size_t length = (size_t)(path_base(path) - path);
    return length == (size_t)(path_base(other) - other) && memcmp(path, other, length) == 0;
}

enum status looker_look(struct looker *looker, const char *path, struct file_facts *out,
                        struct error *error)
{
    if (looker->directory && same_folder(path, looker->last)) {
        enum status status = file_path_check(path, error);
        return status == STATUS_OK ? file_stat(looker->folder, looker->directory, path, out, error)
                                   : status;
    }
    looker_end(looker);
    enum status status = file_enter(looker->folder, path, false, &looker->directory, error);
    if (status != STATUS_OK || !looker->directory) {
        *out = (struct file_facts){0};
        return status;
    }
    looker->last = path;
    return file_stat(looker->folder, looker->directory, path, out, error);
}

void looker_end(struct looker *looker)
{
    directory_release(looker->folder, looker->directory);
    looker->directory = NULL;
}

static bool content_equal(int descriptor, const unsigned char *bytes, size_t size)
{
    unsigned char block[65536];
    while (size > 0) {
        ssize_t got = read(descriptor, block, size < sizeof block ? size : sizeof block);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0 || memcmp(block, bytes, (size_t)got) != 0) {
            return false;
        }
        bytes += got;
        size -= (size_t)got;
    }
    return true;
}

/* The plain file of this name, open for reading; < 0: none. Without O_NONBLOCK a named pipe would
 * hold us for ever. */
static enum status file_open(struct folder *folder, const char *path, int *out, int64_t *size,
                             struct error *error)
{
    struct directory *directory = NULL;
    struct stat found;
    *out = -1;
    if (file_enter(folder, path, false, &directory, error) != STATUS_OK) {
        return error->status;
    }
    if (!directory) {
        return STATUS_OK;
    }
    int descriptor = openat(directory_descriptor(directory), path_base(path),
                            O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    directory_release(folder, directory);
    if (descriptor >= 0 && (fstat(descriptor, &found) != 0 || !S_ISREG(found.st_mode))) {
        close(descriptor);
        return STATUS_OK;
    }
    *out = descriptor;
    *size = descriptor >= 0 ? (int64_t)found.st_size : 0;
    return STATUS_OK;
}

bool file_hash(struct folder *folder, const char *path, struct hash *out)
{
    struct error ignored = {0};
    int descriptor;
    int64_t size = 0;
    if (file_open(folder, path, &descriptor, &size, &ignored) != STATUS_OK || descriptor < 0) {
        return false;
    }
    unsigned char *bytes = memory_alloc(size > 0 ? (size_t)size : 1);
    int64_t got = 0;
    for (ssize_t one = 1; bytes && got < size && one != 0;) {
        one = read(descriptor, bytes + got, (size_t)(size - got));
        if (one < 0 && errno != EINTR) {
            break;
        }
        got += one > 0 ? one : 0;
    }
    close(descriptor);
    bool whole = bytes && got == size;
    if (whole) {
        *out = hash_bytes(bytes, (size_t)size);
    }
    memory_free(bytes);
    return whole;
}

enum status file_same(struct folder *folder, const char *path, const void *bytes, size_t size,
                      bool *same, struct error *error)
{
    int descriptor;
    int64_t found = 0;
    if (file_open(folder, path, &descriptor, &found, error) != STATUS_OK) {
        return error->status;
    }
    *same = false;
    if (descriptor >= 0) {
        *same = (uint64_t)found == size && content_equal(descriptor, bytes, size);
        close(descriptor);
    }
    return STATUS_OK;
}

enum status file_remove(struct folder *folder, const char *path, const struct file_facts *expected,
                        bool *removed, struct error *error)
{
    struct directory *directory = NULL;
    struct file_facts facts;
    enum status status = file_enter(folder, path, false, &directory, error);
    if (status != STATUS_OK) {
        return status;
    }
    *removed = false;
    if (!directory) {
        return STATUS_OK;
    }
    status = file_stat(folder, directory, path, &facts, error);
    if (status == STATUS_OK && facts.regular && (!expected || file_facts_equal(&facts, expected))) {
        int fault = file_fault();
        if (!fault && unlinkat(directory_descriptor(directory), path_base(path), 0) == 0) {
            *removed = true;
        } else if (fault || errno != ENOENT) {
            status = file_error(error, folder, "remove", path, fault ? fault : errno);
        }
    }
    directory_release(folder, directory);
    return status;
}

/* ---- Writing ---- */

const char *pending_path(const struct pending_file *file)
{
    return file->path;
}

static void pending_release(struct pending_file *file)
{
    if (file->slot) {
        unlinkat(directory_descriptor(file->directory), slot_name(file->slot), 0);
        slot_give_back(file->slot);
    }
    directory_release(file->folder, file->directory);
    memory_free(file);
}

/* Returns 0 or errno's number. */
static int write_all(int descriptor, const unsigned char *bytes, size_t size)
{
    int fault = file_fault();
    if (fault) {
        size /= 2;
    }
    while (size > 0) {
        /* Linux writes at most 2 GiB less a page at once */
        ssize_t done = write(descriptor, bytes, size < ((size_t)1 << 30) ? size : (size_t)1 << 30);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done < 0) {
            return errno;
        }
        if (done == 0) {
            return ENOSPC;
        }
        bytes += done;
        size -= (size_t)done;
    }
    return fault;
}

/* Creates the temporary file; a name that another handle of this process took is passed over.
 * Returns 0 or errno's number. */
static int temporary_open(struct pending_file *file, int *descriptor)
{
    for (;;) {
        file->slot = folder_slot(file->folder, file->directory);
        if (!file->slot) {
            return ENOMEM;
        }
        int fault = file_fault();
        *descriptor = fault ? -1
                            : openat(directory_descriptor(file->directory), slot_name(file->slot),
                                     O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (*descriptor >= 0) {
            return 0;
        }
        int number = fault ? fault : errno;
        slot_give_back(file->slot);
        file->slot = NULL;
        if (number != EEXIST) {
            return number;
        }
    }
}

static enum status temporary_write(struct pending_file *file, const void *bytes, size_t size,
                                   struct error *error)
{
    int descriptor;
    int number = temporary_open(file, &descriptor);
    if (number == ENOMEM) {
        return error_memory(error);
    }
    if (number == 0) {
        number = write_all(descriptor, bytes, size);
#ifdef SYNC_FILE_RANGE_WRITE
        /* the disk begins now, so that the sync of the whole set has little left to wait for */
        if (number == 0) {
            sync_file_range(descriptor, 0, 0, SYNC_FILE_RANGE_WRITE);
        }
#endif
        if (close(descriptor) < 0 && number == 0) {
            number = errno;
        }
    }
    if (number) {
        return file_error(error, file->folder, "write", file->path, number);
    }
    if (folder_is_abandoned(file->folder)) {
        return error_set(error, STATUS_INTERRUPTED, "interrupted");
    }
    return STATUS_OK;
}

enum status file_write(struct folder *folder, const char *path, const void *bytes, size_t size,
                       struct pending_file **out, struct error *error)
{
    struct directory *directory = NULL;
    if (folder_is_abandoned(folder)) {
        return error_set(error, STATUS_INTERRUPTED, "interrupted");
    }
    enum status status = file_enter(folder, path, true, &directory, error);
    if (status != STATUS_OK) {
        return status;
    }
    size_t length = strlen(path) + 1;
    struct pending_file *file = memory_zero(1, sizeof *file + length);
    if (!file) {
        directory_release(folder, directory);
        return error_memory(error);
    }
    file->folder = folder;
    file->directory = directory;
    memcpy(file->path, path, length);
    status = temporary_write(file, bytes, size, error);
    if (status != STATUS_OK) {
        pending_release(file);
        return status;
    }
    *out = file;
    return STATUS_OK;
}

/* Syncs one temporary file and says what it is; the facts stay true over the rename. Returns 0 or
 * errno's number. */
static int pending_sync(const struct pending_file *file, struct file_facts *facts)
{
    struct stat found;
    int number = file_fault();
    int descriptor = openat(directory_descriptor(file->directory), slot_name(file->slot),
                            O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (number == 0 &&
        (descriptor < 0 || fdatasync(descriptor) < 0 || fstat(descriptor, &found) < 0)) {
        number = errno;
    }
    if (descriptor >= 0) {
        close(descriptor);
    }
    if (number == 0 && facts) {
        facts_fill(facts, &found);
    }
    return number;
}

struct sync_work { /* one set, shared by the threads that wait for the disk */
    struct pending_file *const *files;
    struct file_facts *facts;
    size_t count;
    atomic_size_t next;
    pthread_mutex_t lock;
    size_t failed; /* the first that failed; count: none */
    int number;
};

static void *sync_run(void *data)
{
    struct sync_work *work = data;
    for (size_t i; (i = atomic_fetch_add(&work->next, 1)) < work->count;) {
        int number =
            work->files[i] ? pending_sync(work->files[i], work->facts ? &work->facts[i] : NULL) : 0;
        if (number) {
            pthread_mutex_lock(&work->lock);
            if (i < work->failed) {
                work->failed = i;
                work->number = number;
            }
            pthread_mutex_unlock(&work->lock);
        }
    }
    return NULL;
}

/* Waits for all files at once: a disk joins the flushes that reach it together, and fourteen files
 * take as long as one or two (measured on ext4: 6 ms instead of 60). */
static enum status files_sync(struct pending_file *const *files, size_t count,
                              struct file_facts *facts, struct error *error)
{
    struct sync_work work = {.files = files, .facts = facts, .count = count, .failed = count};
    pthread_t threads[SYNC_THREADS];
    size_t started = 0;
    pthread_mutex_init(&work.lock, NULL);
    while (started + 1 < count && started < SYNC_THREADS &&
           pthread_create(&threads[started], NULL, sync_run, &work) == 0) {
        started++;
    }
    sync_run(&work);
    for (size_t i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_mutex_destroy(&work.lock);
    if (work.failed == count) {
        return STATUS_OK;
    }
    const struct pending_file *file = files[work.failed];
    return folder_is_abandoned(file->folder)
               ? error_set(error, STATUS_INTERRUPTED, "interrupted")
               : file_error(error, file->folder, "write", file->path, work.number);
}

static enum status pending_rename(struct pending_file *file, struct error *error)
{
    int descriptor = directory_descriptor(file->directory);
    int number = file_fault();
    if (number == 0 &&
        renameat(descriptor, slot_name(file->slot), descriptor, path_base(file->path)) < 0) {
        number = errno;
    }
    if (number && folder_is_abandoned(file->folder)) {
        return error_set(error, STATUS_INTERRUPTED, "interrupted");
    }
    if (number) {
        return file_error(error, file->folder, "write", file->path, number);
    }
    slot_give_back(file->slot);
    file->slot = NULL;
    return STATUS_OK;
}

/* Syncs the folder of file i unless an earlier file of the set lies in it, too. */
static enum status folder_sync(struct pending_file **files, size_t i, struct error *error)
{
    for (size_t j = 0; j < i; j++) {
        if (files[j] && files[j]->directory == files[i]->directory) {
            return STATUS_OK;
        }
    }
    int number = file_fault();
    /* some file systems cannot sync a folder and say EINVAL: then there is nothing to be done */
    if (number == 0 && fsync(directory_descriptor(files[i]->directory)) < 0 && errno != EINVAL) {
        number = errno;
    }
    return number ? file_error(error, files[i]->folder, "write", files[i]->path, number)
                  : STATUS_OK;
}

enum status files_place(struct pending_file **files, size_t count, struct file_facts *facts,
                        struct error *error)
{
    enum status status = files_sync(files, count, facts, error);
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        if (files[i]) {
            status = pending_rename(files[i], error);
        }
    }
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        if (files[i]) {
            status = folder_sync(files, i, error);
        }
    }
    files_abandon(files, count);
    return status;
}

void files_abandon(struct pending_file **files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (files[i]) {
            pending_release(files[i]);
            files[i] = NULL;
        }
    }
}
