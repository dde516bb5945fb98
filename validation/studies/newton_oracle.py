"""The newton model a second time: markers to segment centres to forces, with NumPy and SciPy, written from the definitions."""

import math

import numpy as np
from scipy.signal import butter, sosfiltfilt

G = 9.80665
MASS = dict(head=0.0694, trunk=0.4346, upper_arm=0.0271, forearm=0.0162, hand=0.0061, thigh=0.1416, shank=0.0433, foot=0.0137)
CENTRE = dict(trunk=0.5138, upper_arm=0.5772, forearm=0.4574, hand=0.79, thigh=0.4095, shank=0.4395, foot=0.4415)
HAND = 0.0862 / 0.2689


def read_trc(path):
    """Rate and paths in metres of a TRC file."""
    lines = open(path, encoding="utf-8").read().splitlines()
    head = dict(zip(lines[1].split("\t"), lines[2].split("\t")))
    metres = {"m": 1.0, "mm": 1e-3}[head["Units"].strip()]
    names = [n.strip() for n in lines[3].split("\t")[2:] if n.strip()]
    rows = [line.split("\t") for line in lines[5:] if line.strip()]
    table = np.array([[float(c) if c.strip() else np.nan for c in row[1 : 2 + 3 * len(names)]] for row in rows])
    return float(head["DataRate"]), {n: table[:, 1 + 3 * i : 4 + 3 * i] * metres for i, n in enumerate(names)}


def low_pass(x, cutoff, rate):
    warped = math.tan(math.pi * cutoff / rate) / (math.sqrt(2) - 1) ** 0.25
    return sosfiltfilt(butter(2, rate / math.pi * math.atan(warped), fs=rate, output="sos"), x, axis=0)


def unit(v):
    return v / np.linalg.norm(v, axis=-1, keepdims=True)


def poses(shape, seen):
    """Rotation (row vectors times R) and centroids of each frame, by singular values (Kabsch)."""
    a, b = shape.mean(0), seen.mean(1)
    u, _, vt = np.linalg.svd(np.einsum("ki,nkj->nij", shape - a, seen - b[:, None]))
    flip = np.zeros((len(seen), 3, 3))
    flip[:, 0, 0] = flip[:, 1, 1] = 1
    flip[:, 2, 2] = np.sign(np.linalg.det(u @ vt))
    return u @ flip @ vt, a, b


def carry(pose, point):
    turn, a, b = pose
    return np.einsum("i,nij->nj", point - a, turn) + b


def mean_shape(seen):
    """Generalised Procrustes mean without scaling, three rounds."""
    frames = seen[:: max(1, math.ceil(len(seen) / 200))]
    shape = frames[0]
    for _ in range(3):
        turn, a, b = poses(shape, frames)
        shape = (np.einsum("nkj,nij->nki", frames - b[:, None], turn) + a).mean(0)
    return shape


def functional(above, below):
    """The centre of rotation that both parts agree on (Ehrig et al. 2006), held by a ridge of a thousandth."""
    (r1, _, t1), (r2, _, t2) = above, below
    n = len(t1)
    # Row vectors: u r1 + t1 = v r2 + t2.
    a = np.zeros((6, 6))
    cross = -np.einsum("nij,nkj->ik", r1, r2)
    a[:3, :3] = a[3:, 3:] = n * 1.001 * np.eye(3)
    a[:3, 3:], a[3:, :3] = cross, cross.T
    apart = t2 - t1
    b = np.concatenate([np.einsum("nij,nj->i", r1, apart), -np.einsum("nij,nj->i", r2, apart)])
    x = np.linalg.solve(a, b)
    return (np.einsum("i,nij->nj", x[:3], r1) + t1 + np.einsum("i,nij->nj", x[3:], r2) + t2) / 2


def hips(asis_l, asis_r, sacrum):
    """Harrington et al. 2007, of points in a shape."""
    front = (asis_l + asis_r) / 2
    width, depth = np.linalg.norm(asis_r - asis_l), np.linalg.norm(front - sacrum)
    z = unit(asis_r - asis_l)
    x = unit((front - sacrum) - ((front - sacrum) @ z) * z)
    y = np.cross(z, x)
    return [front - x * (0.24 * depth + 0.0099) - y * (0.30 * width + 0.0109) + s * z * (0.33 * width + 0.0073) for s in (-1, 1)]


def segments(m, standing, sprint):
    """Mass fraction, group and path of every part; `sprint` tells the sprinter's markers from the second runner's."""
    def cluster(names):
        names = [n for n in names if n in m and (standing is None or n in standing)]
        seen = np.stack([m[n] for n in names], 1)
        shape = mean_shape(seen) if standing is None else np.array([standing[n] for n in names])
        return names, shape, poses(shape, seen)

    back = ["SACR"] if sprint else ["LPSI", "RPSI"]
    names, shape, pelvis = cluster(["LASI", "RASI", *back, *(["P1", "P2", "P3"] if sprint else [])])
    at = {n: shape[i] for i, n in enumerate(names)}
    hip = [carry(pelvis, p) for p in hips(at["LASI"], at["RASI"], np.mean([at[b] for b in back], 0))]
    middle = (hip[0] + hip[1]) / 2
    sternum = m["MAN" if sprint else "CLAV"]
    neck = (m["C7"] + sternum) / 2
    cage = np.mean([m["C7"], sternum, *([m["T7"]] if sprint else [])], 0)
    axis = middle - m["C7"]
    down = (((cage - m["C7"]) * axis).sum(1) / (axis * axis).sum(1)).mean()
    part = (CENTRE["trunk"] - down) / (1 - down)
    found = [(MASS["trunk"], "trunk_head", cage + part * (middle - cage)), (MASS["head"], "trunk_head", neck)]
    tops = [m[s + ("SH" if sprint else "ACR")] for s in "LR"]
    drop = 0.17 * np.linalg.norm(tops[0] - tops[1], axis=1).mean() * unit(neck - middle)
    for i, s in enumerate("LR"):
        if sprint:
            parts = [
                cluster([s + n for n in ("THLP", "THLD", "THAP", "THAD", "LEPI")]),
                cluster([s + n for n in ("LEPI", "TIAP", "TIAD", "TILAT", "LMAL")]),
                cluster([s + n for n in ("LMAL", "HEEL", "MFS", "MFL", "P1MT", "P5MT")]),
            ]
            heel, toe = m[s + "HEEL"], m[s + "TOE"]
            elbow, wrist = m[s + "ELB"], m[s + "WR"]
        else:
            parts = [cluster([s + n for n in names]) for names in (("TH1", "TH2", "TH3"), ("TB1", "TB2", "TB3"), ("CAL", "TOE", "MT5"))]
            heel, toe = m[s + "CAL"], m[s + "TOE"]
            elbow, wrist = (m[s + "LEL"] + m[s + "MEL"]) / 2, (m[s + "FAradius"] + m[s + "FAulna"]) / 2
        thigh, shank, foot = (pose for _, _, pose in parts)
        if standing is None:
            knee, ankle = functional(thigh, shank), functional(shank, foot)
        else:
            centre = (standing[s + "LEPI"] + standing[s + "MEPI"]) / 2
            knee = (carry(thigh, centre) + carry(shank, centre)) / 2
            centre = (standing[s + "LMAL"] + standing[s + "MMAL"]) / 2
            ankle = (carry(shank, centre) + carry(foot, centre)) / 2
        hands = [m[n] for n in ("x52", "x53") if n in m] if sprint else []
        near = [np.linalg.norm(h - wrist, axis=1).mean() for h in hands]
        if hands and min(near) < 0.12:
            knuckle = hands[int(np.argmin(near))]
        else:
            if standing is not None:
                now = np.linalg.norm(wrist - elbow, axis=1).mean()
                stretch = now / np.linalg.norm(standing[s + "WR"] - standing[s + "ELB"])
            if standing is not None and stretch > 1.12:
                knuckle, wrist = wrist, elbow + (wrist - elbow) / stretch
            else:
                knuckle = elbow + (wrist - elbow) * (1 + HAND)
        leg = "left_leg" if s == "L" else "right_leg"
        for name, group, a, b in (
            ("thigh", leg, hip[i], knee), ("shank", leg, knee, ankle), ("foot", leg, heel, toe),
            ("upper_arm", "arms", tops[i] - drop, elbow), ("forearm", "arms", elbow, wrist), ("hand", "arms", wrist, knuckle),
        ):
            found.append((MASS[name], group, a + CENTRE[name] * (b - a)))
    return found


def forces(path, standing, cutoff, mass, sprint):
    """Vertical (y) and forward (x) force of every group."""
    rate, m = read_trc(path)
    if standing is not None:
        standing = {n: x.mean(0) for n, x in read_trc(standing)[1].items()}
    out = {axis: {} for axis in ("vertical", "forward")}
    for fraction, group, centre in segments(m, standing, sprint):
        smooth = low_pass(centre, cutoff, rate)
        a = np.empty_like(smooth)
        a[1:-1] = (smooth[2:] - 2 * smooth[1:-1] + smooth[:-2]) * rate**2
        a[0], a[-1] = a[1], a[-2]
        for axis, k, g in (("vertical", 1, G), ("forward", 0, 0.0)):
            f = mass * fraction * (a[:, k] + g)
            for name in (group, "total"):
                out[axis][name] = out[axis].get(name, 0.0) + f
    return out
