"""Readers and figures for the output of scorefield. Needs numpy, h5py and matplotlib, nothing else."""
