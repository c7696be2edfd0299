"""Squeeze images of digits through eight numbers and back:  python examples/autoencoder.py"""

import numpy as np

import pygrad
from pygrad import data, nn, no_grad
from pygrad import functions as F
from pygrad.data import DataLoader, ratio_split


class Autoencoder(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.shrink1 = nn.Conv2d(1, 16, 3, stride=2, padding=1)  # 8 x 8 to 4 x 4
        self.shrink2 = nn.Conv2d(16, 32, 3, stride=2, padding=1)  # to 2 x 2
        self.squeeze = nn.Linear(32 * 2 * 2, size)
        self.expand = nn.Linear(size, 32 * 2 * 2)
        self.grow1 = nn.ConvTranspose2d(32, 16, 4, stride=2, padding=1)
        self.grow2 = nn.ConvTranspose2d(16, 1, 4, stride=2, padding=1)

    def encode(self, x):
        x = F.silu(self.shrink2(F.silu(self.shrink1(x))))
        return self.squeeze(x.reshape(len(x), 128))

    def decode(self, code):
        x = F.silu(self.expand(code)).reshape(-1, 32, 2, 2)
        return F.sigmoid(self.grow2(F.silu(self.grow1(x))))

    def forward(self, x):
        return self.decode(self.encode(x))


pygrad.seed(0)
train, test = ratio_split(data.datasets.digits(), 0.8, 0.2)
model = Autoencoder(8)
optimizer = nn.optim.Adam(model.params(), lr=3e-3)
epochs = 30

for epoch in range(epochs):
    optimizer.lr = 1.5e-3 * (1 + np.cos(np.pi * epoch / epochs))  # from 3e-3 down to 0
    for images, _ in DataLoader(train, 32):
        images = images.reshape(-1, 1, 8, 8)
        loss = F.mean_squared_error(model(images), images)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()

model.eval()
images = test[:][0].reshape(-1, 1, 8, 8)
with no_grad():
    error = F.mean_squared_error(model(images), images).item()
# the best that a linear map to eight numbers can do: the principal components
flat = train[:][0].reshape(len(train), -1)
mean = flat.mean(axis=0)
axes = np.linalg.svd(flat - mean, full_matrices=False)[2][:8]
centred = images.reshape(len(images), -1) - mean
linear = np.mean((centred - centred @ axes.T @ axes) ** 2)
print(f"test error: {error:.4f}, with principal components: {linear:.4f}")
